import { isKnownSuffix, parseValue, recogniseRange, recogniseValue } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { ComityError, quote } from '@comity/protocol/base';
import { recogniseListed } from './listed-value.ts';

/** What one line of a list says. `ignored` lines are no loss: comments, blank lines, a hosts file's own entries. */
export type ListLine =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'values'; readonly values: readonly ListedValue[]; readonly description: string }
  | { readonly kind: 'loss'; readonly field: string; readonly reason: string }
  | { readonly kind: 'unknown' };

/** `#`, `;` and `!` begin a comment, and `//` when a blank follows: `//evil.example/a` is a URL without its scheme. */
const commentForm = /^\s*(?:[#;!]|\/\/(?:\s|$))/;

/** Whether a line of a list, or of most other formats that are read in lines, is a comment. */
export function isComment(line: string): boolean {
  return commentForm.test(line);
}

const ignored: ListLine = { kind: 'ignored' };
const unknown: ListLine = { kind: 'unknown' };

/** A line of a hosts file that leads names to the machine itself, or names one of the addresses every system lists there. */
const hostsLine =
  /^(?:0\.0\.0\.0|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|255\.255\.255\.255|::1?|f[ef]\d{2}::\d?(?:%\S+)?|0)[ \t]+(\S.*)$/i;
const dnsmasqLine = /^(?:address|server|local)=\/(.+)\/[^/]*$/;
const unboundLine = /^local-(?:zone|data):\s*"([^"\s]+)/;
/** Addresses of the machine itself, which hosts files also list where a name belongs. */
const ownAddress = /^(?:0\.0\.0\.0|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1?)$/;
/** The beginning of a line that lists a range of addresses, defanged perhaps, and what follows. */
const rangeLine = /^((?=\d)[\d.*()[\]{}]+(?:\s*[-\u2013]\s*[\d.()[\]{}]+)?)(?:[\s,;|]+(.*))?$/;
/** `evil [dot] example`: the blanks belong to the brackets, and part nothing. */
const spacedDot = /[ \t]([[({<][ \t]?(?:dot|at|[.@])[ \t]?[\])}>])[ \t]/gi;
/** Names every hosts file has of itself. */
const ownNames = new Set([
  'localhost',
  'localhost.localdomain',
  'local',
  'broadcasthost',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
]);

/**
 * Reads one line of a list of any mix: a bare value, a value with a comment or more columns, a line of a hosts file, an
 * ad-block rule for a whole host, a dnsmasq or Unbound line, a Maltrail trail.
 *
 * @param kind - what every bare value is, when the caller knows; otherwise it is recognised by its form.
 * @param isKnownList - false while it is still judged whether the text is a list at all: a line that may be a sentence is
 *   then no value on the strength of a name that ends as no registry's does.
 */
export function readListLine(text: string, kind?: ValueKind, isKnownList = true): ListLine {
  const line = text.trim();
  if (line === '') return ignored;
  if (isComment(line) || /^\[adblock/i.test(line)) return ignored;
  const first = line.charCodeAt(0);
  if (kind !== undefined && kind !== 'domain') return readOfKind(line, kind);
  if ((first >= 48 && first <= 58) || first === 102 || first === 70) {
    const names = hostsLine.exec(line)?.[1];
    if (names !== undefined) return readHosts(names);
  }
  if (line.startsWith('||') || line.startsWith('@@') || line.startsWith('|http') || /#[@?$]?#/.test(line))
    return readAdblock(line);
  if (first === 97 || first === 115 || first === 108) {
    const names = dnsmasqLine.exec(line)?.[1] ?? unboundLine.exec(line)?.[1];
    if (names !== undefined) return readNames(names.split('/'), '');
  }
  if (line.startsWith('//')) return readBare(line.slice(2), isKnownList);
  if (first === 47)
    return { kind: 'loss', field: 'path without a host', reason: 'a path alone is too common to be looked for' };
  return readBare(line, isKnownList);
}

function readOfKind(line: string, kind: ValueKind): ListLine {
  try {
    return { kind: 'values', values: [parseValue(line, kind)], description: '' };
  } catch (error) {
    if (error instanceof ComityError) return unknown;
    throw error;
  }
}

function readHosts(rest: string): ListLine {
  const comment = rest.indexOf('#');
  const names = (comment < 0 ? rest : rest.slice(0, comment)).split(/\s+/).filter((name) => name !== '');
  const foreign = names.filter((name) => !ownNames.has(name.toLowerCase()) && !ownAddress.test(name));
  if (foreign.length === 0) return ignored;
  return readNames(foreign, comment < 0 ? '' : rest.slice(comment + 1).trim());
}

function readNames(names: readonly string[], description: string): ListLine {
  const values: ListedValue[] = [];
  for (const name of names) {
    const value = recogniseValue(name, { anySuffix: true });
    if (value === undefined) return unknown;
    values.push(value);
  }
  return { kind: 'values', values, description };
}

/** Only rules that mean a whole host or address are intelligence; the others style pages. */
function readAdblock(line: string): ListLine {
  if (line.startsWith('@@'))
    return { kind: 'loss', field: 'ad-block exception', reason: 'what a list allows is not taken over' };
  const rule =
    /^\|\|([^\s^$|#*]+)\^(?:\$[^\s]*)?$/.exec(line)?.[1] ?? /^\|(https?:\/\/[^\s^$|]+)\^?\|?$/i.exec(line)?.[1];
  if (rule === undefined) return { kind: 'loss', field: 'ad-block rule', reason: 'it names no whole host' };
  const value = recogniseValue(rule, { anySuffix: true });
  return value === undefined ? unknown : { kind: 'values', values: [value], description: '' };
}

function readBare(line: string, isKnownList: boolean): ListLine {
  const comment = /\s(?:#|;|\/\/)\s*(.*)$/.exec(line);
  const content = (comment === null ? line : line.slice(0, comment.index)).trimEnd().replace(spacedDot, '$1');
  const range = rangeLine.exec(content);
  const networks = range?.[1] === undefined ? undefined : recogniseRange(range[1]);
  if (networks !== undefined)
    return { kind: 'values', values: networks, description: describe(range?.[2], comment?.[1]) };
  // A URL may hold commas and semicolons, so blanks part first.
  for (const separator of [/\s/, /[\s,;|]/]) {
    const cut = content.search(separator);
    const head = unquoted(cut < 0 ? content : content.slice(0, cut));
    const rest = cut < 0 ? '' : content.slice(cut + 1).trim();
    const isListed = isKnownList || !(isSentence(content) || isProgramName(head));
    const value = isListed ? recogniseListed(head) : recogniseValue(head);
    if (value === undefined || (rest !== '' && abbreviation.test(head))) continue;
    return { kind: 'values', values: [value], description: describe(rest, comment?.[1]) };
  }
  // `sha256sum` and its like write the name first with some options: name, blanks, digest.
  const last = /^(.{1,400}?)[\s,;|]+\*?([0-9a-fA-F]{32,128})$/.exec(content);
  const digest = last?.[2] === undefined ? undefined : recogniseValue(last[2]);
  if (digest !== undefined) return { kind: 'values', values: [digest], description: last?.[1] ?? '' };
  return unknown;
}

function describe(rest = '', comment = ''): string {
  // A column of numbers (a count, a score) describes nothing by itself.
  const words = [/^[\d.,;\s]*$/.test(rest) ? '' : rest.trim(), comment].filter((part) => part !== '');
  return words.join(' – ').slice(0, 1000);
}

/** `e.g.` and `U.S.` begin a sentence. */
const abbreviation = /^(?:\p{L}\.)+\p{L}?$/u;

/** Words behind one another: the first may be `config.set` or `dr.smith` sooner than a name no registry knows. */
function isSentence(content: string): boolean {
  return /^\S+[ \t]+\S*\p{L}/u.test(content);
}

/** `com.bank.app` is how platforms name programs: a host name backwards. */
function isProgramName(head: string): boolean {
  return isKnownSuffix(head.slice(0, Math.max(0, head.indexOf('.'))).toLowerCase());
}

function unquoted(text: string): string {
  const bare = text.endsWith(',') || text.endsWith(';') ? text.slice(0, -1) : text;
  const quoteMark = bare[0];
  return (quoteMark === '"' || quoteMark === "'" || quoteMark === '`') && bare.endsWith(quoteMark) && bare.length > 2
    ? bare.slice(1, -1)
    : bare;
}

/** The error of a line that says nothing Comity can look for. */
export function noValueOnLine(text: string, number: number): ComityError {
  return new ComityError(
    'VALUE_MALFORMED',
    `Cannot use line ${number}: ${quote(text)} is no address, name, URL or digest`,
  );
}
