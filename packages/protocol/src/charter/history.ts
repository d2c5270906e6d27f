import { z } from 'zod';
import { canonicalJson, ComityError, limits, utf8Bytes } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { parseDescriptor, verifyDescriptorChain } from '../members/index.ts';
import type { Descriptor } from '../members/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { charterHash, parseCharter } from './charter.ts';
import type { Charter } from './charter.ts';
import { decisionShape } from './decision.ts';
import type { Decision } from './decision.ts';
import { malformed } from './fault.ts';
import { checkForm, readJson } from './forms.ts';
import type { HashedCharter } from './next-charter.ts';
import { createNotary, provenActs, rollOf } from './notary.ts';
import type { Roll } from './notary.ts';
import { nameActs, tallyProven } from './tally.ts';
import type { Tally } from './tally.ts';

/** A federation from its beginning: the first charter, and all that was decided since. */
export interface History {
  readonly genesis: Charter;
  /** What members say of their nodes, each member’s from the first on. */
  readonly descriptors: readonly (readonly Descriptor[])[];
  /** In their order. Those that made no charter, as emergencies, stand where they were made. */
  readonly decisions: readonly Decision[];
}

/** A history replayed. */
export interface Replay {
  /** The charter that holds: the last one that follows from the first. */
  readonly current: HashedCharter;
  /** Hash of the first charter: what its reader has to know of somebody they trust. */
  readonly federation: string;
  /** One for each decision up to the first that does not follow. */
  readonly tallies: readonly Tally[];
  /** Whether all of it follows. If not, the last of the tallies says why. */
  readonly isWhole: boolean;
}

/**
 * Replays a history: each decision is counted anew under the charter the one before it made. Pure and total.
 *
 * Acts may be proven by a head that stands in any later decision, since the acts of a member are one chain: so that of each ledger one
 * signature is verified, however many votes there were.
 *
 * @param genesis - the first charter, which its reader trusts.
 * @param decisions - hostile in what they say.
 */
export function verifyChain(genesis: Charter, decisions: readonly Decision[], roll: Roll, crypto: TlogCrypto): Replay {
  const notary = createNotary(roll, crypto);
  const named = decisions.map((decision) => nameActs(decision, crypto));
  const proven = provenActs(
    named.map(({ acts, decision: { heads } }) => ({ acts, heads })),
    notary,
  );
  const federation = charterHash(genesis, crypto.sha256);
  let current: HashedCharter = { charter: genesis, hash: federation };
  const tallies: Tally[] = [];
  for (const each of named) {
    const counted = tallyProven(current, each, proven, notary, crypto);
    tallies.push(counted);
    if (counted.outcome !== 'passed') break;
    current = counted.next ?? current;
  }
  const isWhole = tallies.length === decisions.length && tallies.every(({ outcome }) => outcome === 'passed');
  return { current, federation, tallies, isWhole };
}

/**
 * Replays a history with the descriptors that are in it.
 *
 * @throws {ComityError} `MEMBER_UNPROVEN`, `MEMBER_MALFORMED` when descriptors do not follow from each other.
 */
export function verifyHistory({ genesis, descriptors, decisions }: History, crypto: TlogCrypto): Replay {
  const chains = descriptors.map((chain) => verifyDescriptorChain(chain, crypto));
  return verifyChain(genesis, decisions, rollOf(chains, crypto), crypto);
}

const lineBytesMax = limits.decisionBytesMax;

/**
 * Reads a history: a line of JSON for the first charter, one for each member with its descriptors, one for each decision. One file, and
 * all there is to know.
 *
 * @param bytes - hostile; at most `limits.charterHistoryBytesMax`, and a line no longer than a decision.
 * @throws {ComityError} `CHARTER_MALFORMED` with the line, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`,
 *   `MEMBER_MALFORMED`.
 */
export function parseHistory(bytes: Uint8Array, { sha256 }: Pick<TlogCrypto, 'sha256'>): History {
  if (bytes.length > limits.charterHistoryBytesMax)
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read history: ${bytes.length} bytes, at most ${limits.charterHistoryBytesMax} are read`,
    );
  const [first, ...lines] = linesOf(bytes).map((line, index) => {
    const form = { name: `line ${index + 1} of history`, shape: lineShape, bytesMax: lineBytesMax };
    return checkForm(readJson(line, form), form);
  });
  if (first === undefined || !('genesis' in first)) throw malformed('Cannot read history: it begins with no charter');
  const descriptors: Descriptor[][] = [];
  const decisions: Decision[] = [];
  for (const line of lines) {
    if ('genesis' in line) throw malformed('Cannot read history: it has two beginnings');
    if ('decision' in line) decisions.push(line.decision);
    else descriptors.push(line.descriptors.map((each) => parseDescriptor(canonicalJson(each as JsonValue), sha256)));
  }
  return { genesis: parseCharter(canonicalJson(first.genesis as JsonValue)), descriptors, decisions };
}

const document = z.record(z.string(), z.unknown());
const lineShape = z.union([
  z.strictObject({ decision: decisionShape }),
  z.strictObject({ descriptors: z.array(document).min(1).max(limits.descriptorsMax) }),
  z.strictObject({ genesis: document }),
]);

/** Lines that are not empty. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end > start) lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** A history as {@link parseHistory} reads it. */
export function printHistory({ genesis, descriptors, decisions }: History): Uint8Array {
  const lines = [
    canonicalJson({ genesis } as JsonValue),
    ...descriptors.map((chain) => `{"descriptors":[${chain.map(({ text }) => text).join(',')}]}`),
    ...decisions.map((decision) => canonicalJson({ decision } as JsonValue)),
  ];
  return utf8Bytes(`${lines.join('\n')}\n`);
}
