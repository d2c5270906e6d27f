import {
  decideAddCheckpoint,
  makeVerifierKey,
  parseAddCheckpoint,
  parsePolicy,
  parseTlogProof,
  parseVerifierKey,
  printAddCheckpoint,
  printPolicy,
  printTlogProof,
  printVerifierKey,
  printWitnessAnswer,
  signText,
} from '@comity/protocol/tlog';
import type { WitnessedTree } from '@comity/protocol/tlog';
import { createSigner, nativeCrypto } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score } from './suite.ts';
import { faultOf, readSet, unrefused } from './tlog-set.ts';

const { sha256 } = nativeCrypto;

/** Proof files of the formats’ own tests; printed as they were. */
export function proofFileScores(): Score[] {
  const { good, bad } = readSet('tlog-proof-format') as {
    good: { text: string; index: number; hashes: string[]; extra?: string; checkpoint: string }[];
    bad: { name: string; text: string }[];
  };
  return [
    scoreOf('tlog proof files', good, 3, ({ text, index, hashes, extra, checkpoint }) =>
      faultOf(text.slice(0, 40), () => {
        const proof = parseTlogProof(text);
        const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
        const isSame =
          proof.index === index &&
          proof.checkpoint === checkpoint &&
          String(proof.hashes.map(base64)) === String(hashes) &&
          (proof.extra === undefined ? undefined : base64(proof.extra)) === extra;
        return isSame && printTlogProof(proof) === text ? undefined : `read as ${JSON.stringify(proof)}`;
      }),
    ),
    scoreOf('tlog proof files refused', bad, 7, ({ name, text }) =>
      unrefused(name, 'LEDGER_MALFORMED', () => parseTlogProof(text)),
    ),
  ];
}

/** The policy with comments behind its lines, and what that is to us. */
const commented = 1;
const commentFault = 'not witness NAME KEY';

/**
 * What the specification forbids in the five policies the formats’ own reader takes, in their order. All five give witnesses keys of
 * notes (01); so they are read as they stand, which must be refused, and with the same keys as cosignature keys (04).
 */
const forbidden: readonly (string | undefined)[] = [
  undefined,
  commentFault,
  'public key stands in another line',
  'public key stands in another line',
  'public key stands in another line',
];

export function policyScores(): Score[] {
  const { good, bad } = readSet('tlog-policy') as { good: string[]; bad: string[] };
  return [
    scoreOf('tlog policies with keys of notes refused', good, 5, (text, index) =>
      refusal(index, text, index === commented ? commentFault : 'signs notes'),
    ),
    scoreOf('tlog policies with cosignature keys', good, 5, (text, index) => {
      const retyped = text.replaceAll(/\S+\+[0-9a-f]{8}\+\S+/g, asCosigner);
      const reason = forbidden[index];
      if (reason !== undefined) return refusal(index, retyped, reason);
      return faultOf(`policy ${index}`, () => {
        const policy = parsePolicy(retyped, sha256);
        const again = parsePolicy(printPolicy(policy, sha256), sha256);
        return JSON.stringify(again) === JSON.stringify(policy) ? undefined : 'printed otherwise';
      });
    }),
    scoreOf('tlog policies refused', bad, 6, (text) =>
      unrefused(text.slice(0, 60), 'LEDGER_MALFORMED', () => parsePolicy(text, sha256)),
    ),
  ];
}

function asCosigner(vkey: string): string {
  const key = parseVerifierKey(vkey, sha256);
  return printVerifierKey(makeVerifierKey({ ...key, kind: 'cosignature-ed25519' }, sha256));
}

function refusal(index: number, text: string, reason: string): string | undefined {
  try {
    parsePolicy(text, sha256);
    return `policy ${index}: accepted`;
  } catch (error) {
    return String(error).includes(reason) ? undefined : `policy ${index}: ${String(error)}`;
  }
}

interface Step {
  readonly request?: string;
  readonly old?: number;
  readonly proofHex?: readonly string[];
  readonly checkpoint?: string;
  readonly status: number;
  readonly assert?: string;
}

interface Conversation {
  readonly source: string;
  readonly logs: readonly { origin: string; vkey: string }[];
  readonly steps: readonly Step[];
}

/** Where we answer otherwise, as docs/spec/ledger.md says: theirs → ours. */
const otherStatus: Readonly<Record<string, number>> = {
  // A signature whose base64 has bits in it that mean nothing: to us no base64, to Go a signature of other bytes.
  'litewitness.txt step 2: 403': 400,
  // An origin that is not known.
  'litewitness.txt step 3: 403': 404,
};

/** Conversations with others’ witnesses: ours answers each step with the same status, and with the same body where it is a size. */
export function witnessScore(): Score {
  const { conversations } = readSet('witness-conversations') as { conversations: Conversation[] };
  const steps = conversations.flatMap(({ source, logs, steps: each }) => {
    const last = new Map<string, WitnessedTree>();
    return each.map((step, index) => ({ name: `${source} step ${index + 1}`, logs, step, last }));
  });
  return scoreOf('tlog conversations with witnesses', steps, 12, ({ name, logs, step, last }) =>
    faultOf(name, () => {
      const { status, assert } = step;
      const answered = otherStatus[`${name}: ${status}`] ?? status;
      if (answered === 400) return unrefused(name, 'LEDGER_MALFORMED', () => parseAddCheckpoint(bodyOf(step)));
      const request = parseAddCheckpoint(bodyOf(step));
      const { origin } = request.checkpoint;
      const keys = logs.flatMap((log) => (log.origin === origin ? parseVerifierKey(log.vkey, sha256) : []));
      const log = keys.length === 0 ? undefined : { keys, last: last.get(origin) };
      const decision = decideAddCheckpoint(request, log, nativeCrypto);
      if (decision.status !== answered) return `${decision.status}, not ${answered}`;
      const witness = createSigner('example.com/witness', 'cosignature-ed25519', 'a witness');
      const signatures = decision.status === 200 ? signText(decision.text, [witness], 1) : [];
      if (decision.status === 200) last.set(origin, decision.last);
      const { body } = printWitnessAnswer(decision, signatures);
      const expected = /^body (==|contains) (".*")$/.exec(assert ?? '');
      if (expected === null || (expected[1] === 'contains' && status !== 200)) return undefined;
      const text = JSON.parse(expected[2]!) as string;
      const isAnswered = expected[1] === '==' ? body === text : body.includes(text);
      return isAnswered ? undefined : `the body is ${JSON.stringify(body)}`;
    }),
  );
}

function bodyOf({ request, old = 0, proofHex = [], checkpoint = '' }: Step): string {
  if (request !== undefined) return request;
  return printAddCheckpoint({ oldSize: old, proof: proofHex.map((hex) => Buffer.from(hex, 'hex')), note: checkpoint });
}
