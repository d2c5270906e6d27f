import { base64Of, limits, quote } from '../base/index.ts';
import type { Sha256 } from './crypto.ts';
import { parseVerifierKey, printVerifierKey, signatureKinds } from './key.ts';
import type { VerifierKey } from './key.ts';
import type { Policy, PolicyGroup, PolicyLog, PolicyWitness } from './policy.ts';
import { malformed, parseDecimal, textOf } from './text.ts';

/** Names that mean something else where a name may stand. */
const reservedNames: ReadonlySet<string> = new Set(['none', 'all', 'any']);

interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyGroup[];
  /** Every witness and group so far, and whether it is in a group already. */
  readonly names: Map<string, boolean>;
  /** Public keys so far, as text: of logs and witnesses together, since a key has one role. */
  readonly publicKeys: Set<string>;
  quorum: { readonly name: string | undefined } | undefined;
}

/**
 * Reads a policy (C2SP tlog-policy). A witness has a timed key; no public key stands twice, whatever its name and kind; comments
 * are lines of their own.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` with the line, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function parsePolicy(text: string | Uint8Array, sha256: Sha256): Policy {
  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: [],
    names: new Map(),
    publicKeys: new Set(),
    quorum: undefined,
  };
  for (const [index, line] of textOf(text, limits.ledgerPolicyBytesMax, 'policy').split('\n').entries()) {
    const place = `line ${index + 1} of policy`;
    if (/[\0-\b\v-\x1f\x7f]/.test(line)) throw malformed(`Cannot read ${place}: it has control characters`);
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    const [first, ...rest] = words;
    if (first !== undefined && !first.startsWith('#')) readLine(draft, first, rest, place, sha256);
  }
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) throw malformed('Cannot read policy: it has no quorum');
  return { logs, witnesses, groups, quorum: quorum.name };
}

function readLine(draft: Draft, word: string, rest: readonly string[], place: string, sha256: Sha256): void {
  switch (word) {
    case 'log':
      return readLog(draft, rest, place, sha256);
    case 'witness':
      return readWitness(draft, rest, place, sha256);
    case 'group':
      return readGroup(draft, rest, place);
    case 'quorum':
      return readQuorum(draft, rest, place);
    default:
      throw malformed(`Cannot read ${place}: it begins with ${quote(word)}`);
  }
}

function readLog(draft: Draft, words: readonly string[], place: string, sha256: Sha256): void {
  if (words.length < 1 || words.length > 2) throw malformed(`Cannot read ${place}: it is not log KEY [URL]`);
  const [keyText = '', url] = words;
  draft.logs.push({ key: readKey(draft, keyText, place, sha256), url });
}

function readWitness(draft: Draft, words: readonly string[], place: string, sha256: Sha256): void {
  if (words.length < 2 || words.length > 3) throw malformed(`Cannot read ${place}: it is not witness NAME KEY [URL]`);
  const [name = '', keyText = '', url] = words;
  defineName(draft, name, place);
  const key = readKey(draft, keyText, place, sha256);
  if (!signatureKinds[key.kind].isTimed) {
    throw malformed(`Cannot use ${place}: the key of ${quote(name)} signs notes, not cosignatures`);
  }
  draft.witnesses.push({ name, key, url });
}

function readKey(draft: Draft, text: string, place: string, sha256: Sha256): VerifierKey {
  const key = parseVerifierKey(text, sha256);
  const publicKey = base64Of(key.publicKey);
  if (draft.publicKeys.has(publicKey))
    throw malformed(`Cannot use ${place}: its public key stands in another line too`);
  draft.publicKeys.add(publicKey);
  return key;
}

function readGroup(draft: Draft, words: readonly string[], place: string): void {
  if (words.length < 3) throw malformed(`Cannot read ${place}: it is not group NAME K|any|all NAME…`);
  const [name = '', count = '', ...members] = words;
  for (const member of members) {
    if (draft.names.get(member) !== false) {
      throw malformed(`Cannot use ${place}: ${quote(member)} is not defined before, or is in a group already`);
    }
    draft.names.set(member, true);
  }
  const threshold = count === 'all' ? members.length : count === 'any' ? 1 : parseDecimal(count, place);
  if (threshold < 1 || threshold > members.length) {
    throw malformed(`Cannot use ${place}: ${threshold} of ${members.length} members`);
  }
  defineName(draft, name, place);
  draft.groups.push({ name, threshold, members });
}

function readQuorum(draft: Draft, words: readonly string[], place: string): void {
  const [name = ''] = words;
  if (words.length !== 1) throw malformed(`Cannot read ${place}: it is not quorum NAME`);
  if (draft.quorum !== undefined) throw malformed(`Cannot use ${place}: there is a quorum already`);
  if (name !== 'none' && !draft.names.has(name))
    throw malformed(`Cannot use ${place}: ${quote(name)} is not defined before`);
  draft.quorum = { name: name === 'none' ? undefined : name };
}

function defineName(draft: Draft, name: string, place: string): void {
  if (reservedNames.has(name) || draft.names.has(name)) {
    throw malformed(`Cannot use ${place}: ${quote(name)} is defined already or means something else`);
  }
  draft.names.set(name, false);
}

/**
 * A policy as text.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for what {@link parsePolicy} would not read.
 */
export function printPolicy({ logs, witnesses, groups, quorum }: Policy, sha256: Sha256): string {
  const end = (url: string | undefined): string => (url === undefined ? '' : ` ${url}`);
  const lines = [
    ...logs.map(({ key, url }) => `log ${printVerifierKey(key)}${end(url)}`),
    ...witnesses.map(({ name, key, url }) => `witness ${name} ${printVerifierKey(key)}${end(url)}`),
    ...groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
    `quorum ${quorum ?? 'none'}`,
  ];
  const text = lines.map((line) => `${line}\n`).join('');
  parsePolicy(text, sha256);
  return text;
}
