import { timestampOfUs } from '@comity/protocol/base';
import { safeJson } from '../safe-json.ts';
import { plain } from '../terminal.ts';
import type { EcsLines } from './ecs-lines.ts';
import type { Output } from './output.ts';
import type { RuleMatch } from './rule-judge.ts';

/** Characters of a value that are shown to people. */
const shownMax = 120;

/** One line of JSON: `{"file", "line", "kind": "sigma", "rule", "title", "level", "time", "fields", "source"}`. */
function ruleJsonLine({ atUs, ...match }: RuleMatch): string {
  return `${safeJson({ ...match, time: timestampOfUs(atUs) })}\n`;
}

/** `file:line: title [level, rule]: Image=…, CommandLine=…` */
function ruleTextLine(match: RuleMatch): string {
  const { file, line, title, level, rule, fields, value } = match;
  const place = file === undefined ? '' : `${file}:${line}: `;
  const facts = fields.map(({ field, value: shown }) => `${field === '' ? 'text' : field}=${cut(shown)}`);
  if (value !== undefined) facts.push(`${Number.isInteger(value) ? value : value.toFixed(2)} in all`);
  const what = [level, rule].filter((each) => each !== undefined).join(', ');
  return `${plain(`${place}${title} [${what}]${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`)}\n`;
}

function cut(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}

/** Buffers the lines of rules that hold, and counts them. */
export class RulePrinter {
  matches = 0;
  readonly #json: boolean;
  readonly #output: Output;
  readonly #ecs: EcsLines | undefined;

  /** @param ecs - writes documents of the Elastic Common Schema instead. */
  constructor(json: boolean, output: Output, ecs?: EcsLines) {
    this.#json = json;
    this.#ecs = ecs;
    this.#output = output;
  }

  print(match: RuleMatch): void {
    this.matches++;
    const line = this.#ecs?.rule(match) ?? (this.#json ? ruleJsonLine(match) : ruleTextLine(match));
    this.#output.write(line);
  }
}
