import { ComityError } from '@comity/protocol/base';

/**
 * How deep brackets may stand in one another, and how many operators a policy may have. The engine works itself down into both:
 * some 120 and 360 of them run over its stack, which ends it.
 */
const depthMax = 32;
const operatorsMax = 128;
/** Of a whole law: some 2,500 take a second to check, in which nothing else happens. */
const allOperatorsMax = 2000;

const stringsAndComments = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*/g;
const counted = /[([{}\])]|;|\n|&&|\|\||[-+*!<>]|==|\b(?:if|in|has|like|is)\b/g;
const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);

/**
 * Refuses a law that would be too much for the engine, before that sees it. One pass over the text.
 *
 * @throws {ComityError} `LAW_MALFORMED` with the line.
 */
export function assertSimple(text: string): void {
  const bare = text.replaceAll(stringsAndComments, '');
  let [depth, operators, all, line] = [0, 0, 0, 1];
  for (const [token] of bare.matchAll(counted)) {
    if (token === '\n') line += 1;
    else if (token === ';') operators = 0;
    else if (opening.has(token)) depth += 1;
    else if (closing.has(token)) depth -= 1;
    else {
      operators += 1;
      all += 1;
    }
    if (depth > depthMax) throw tooMuch(line, `brackets stand more than ${depthMax} deep in one another`);
    if (operators > operatorsMax)
      throw tooMuch(line, `a policy has more than ${operatorsMax} operators: make several of it`);
    if (all > allOperatorsMax) throw tooMuch(line, `it has more than ${allOperatorsMax} operators`);
  }
}

function tooMuch(line: number, what: string): ComityError {
  return new ComityError('LAW_MALFORMED', `Cannot read the law in line ${line}: ${what}`, { details: { line } });
}
