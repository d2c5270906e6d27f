import { asOwnError, recogniseBase64, utf8Bytes } from '../base/index.ts';
import type { DescriptorChain } from '../members/index.ts';
import { isIncluded, isQuorum, leafHash, openCheckpoint, parseVerifierKey, rootOfHashes } from '../tlog/index.ts';
import type { KnownLog, OpenedCheckpoint, Policy, TlogCrypto, VerifiedSignature, VerifierKey } from '../tlog/index.ts';
import { base64Of } from '../base/index.ts';
import type { Charter } from './charter.ts';
import type { Decision, Head, Stamp } from './decision.ts';
import { witnessPolicyOf } from './derive.ts';
import type { ProofFault } from './fault.ts';
import { gatheringText } from './voting-act.ts';
import type { NamedAct } from './voting-act.ts';

/** The ledgers of each member, by its id. */
export type Roll = ReadonlyMap<string, readonly KnownLog[]>;

/**
 * Whose ledgers are whose, of verified descriptors. Every key a ledger ever had stays: a witness cosigns nothing that a key alone signed
 * which was taken away ([ledger](docs/spec/ledger.md) §4), and what counts in a vote a quorum of them saw.
 */
export function rollOf(chains: readonly DescriptorChain[], crypto: Pick<TlogCrypto, 'sha256'>): Roll {
  return new Map(
    chains.map(({ member, descriptors }) => {
      const logs = new Map<string, Map<string, VerifierKey>>();
      for (const { ledger } of descriptors.map(({ body }) => body)) {
        if (ledger === undefined) continue;
        const keys = logs.get(ledger.origin) ?? new Map<string, VerifierKey>();
        for (const text of ledger.keys) keys.set(text, parseVerifierKey(text, crypto.sha256));
        logs.set(ledger.origin, keys);
      }
      return [member, [...logs].map(([origin, keys]) => ({ origin, keys: [...keys.values()] }))];
    }),
  );
}

/** The ledger of a member a checkpoint says it is of. */
export function logOf(roll: Roll, member: string, note: string): KnownLog | undefined {
  const origin = note.slice(0, note.indexOf('\n'));
  return roll.get(member)?.find((each) => each.origin === origin);
}

/** A head or a stamp that shows nothing. */
export interface ProofRemark {
  readonly kind: 'head' | 'stamp';
  /** Its place in the decision. */
  readonly place: number;
  readonly fault: ProofFault;
}

/** Looks at proofs, and at no checkpoint twice. */
export interface Notary {
  /** The act a head proves, or why it proves none. */
  head(head: Head, acts: readonly NamedAct[]): { readonly act: NamedAct } | { readonly fault: ProofFault };
  /** Names of the acts a stamp shows to have been there, and since when at the latest, in seconds. */
  stamp(
    stamp: Stamp,
    acts: readonly NamedAct[],
    charter: Charter,
    proposal: string,
  ): { readonly names: readonly string[]; readonly seenAt: number } | { readonly fault: ProofFault };
}

/** @param roll - ledgers of members, of whomever else is asked about there is none. */
export function createNotary(roll: Roll, crypto: TlogCrypto): Notary {
  const opened = new Map<string, OpenedCheckpoint | undefined>();
  /** By the part of the charter it comes of, which charters that follow share. */
  const policies = new WeakMap<Charter['witnesses'], Policy>();

  function policyOf(charter: Charter): Policy {
    const known = policies.get(charter.witnesses) ?? witnessPolicyOf(charter, [], crypto.sha256);
    policies.set(charter.witnesses, known);
    return known;
  }

  function open(note: string, log: KnownLog, witnesses: readonly VerifierKey[]): OpenedCheckpoint | undefined {
    const key = `${witnesses.map(({ name, keyId }) => `${name}+${keyId}`).join(' ')}\n${note}`;
    if (!opened.has(key)) opened.set(key, openAnew(note, log, witnesses));
    return opened.get(key);
  }

  function openAnew(note: string, log: KnownLog, witnesses: readonly VerifierKey[]): OpenedCheckpoint | undefined {
    try {
      return openCheckpoint(note, log, witnesses, crypto);
    } catch (error) {
      asOwnError(error);
      return undefined;
    }
  }

  /** The checkpoint of one of a member’s ledgers with a leaf in it. */
  function find(
    member: string,
    leaf: Uint8Array,
    { index, proof, checkpoint: note }: Pick<Head, 'index' | 'proof' | 'checkpoint'>,
    witnesses: readonly VerifierKey[],
  ): OpenedCheckpoint | ProofFault {
    const log = logOf(roll, member, note);
    if (log === undefined) return 'unknown-log';
    const found = open(note, log, witnesses);
    if (found === undefined) return 'bad-checkpoint';
    const { size, root } = found.checkpoint;
    const claim = { index, leafHash: leaf, size, root, proof: hashesOf(proof) };
    return isIncluded(claim, crypto.sha256) ? found : 'not-included';
  }

  return {
    head: (head, acts) => {
      const act = acts[head.act];
      if (act === undefined) return { fault: 'unknown-act' };
      const found = find(act.act.member, act.leaf, head, []);
      return typeof found === 'string' ? { fault: found } : { act };
    },
    stamp: (stamp, acts, charter, proposal) => {
      const seen = seenIn(stamp, acts, proposal, crypto);
      if (typeof seen === 'string') return { fault: seen };
      const policy = policyOf(charter);
      const keys = policy.witnesses.map(({ key }) => key);
      const found = find(stamp.member, seen.leaf, stamp, keys);
      if (typeof found === 'string') return { fault: found };
      const seenAt = quorumTime(found.ofWitnesses, (cosigners) => isQuorum(policy, cosigners));
      return seenAt === undefined ? { fault: 'no-quorum' } : { names: seen.names, seenAt };
    },
  };
}

/** The leaf a stamp is about, and the acts that leaf speaks of. */
function seenIn(
  { member, of }: Stamp,
  acts: readonly NamedAct[],
  proposal: string,
  { sha256 }: TlogCrypto,
): { leaf: Uint8Array; names: readonly string[] } | ProofFault {
  if (typeof of === 'number') {
    const act = acts[of];
    return act?.act.member === member ? { leaf: act.leaf, names: [act.name] } : 'unknown-act';
  }
  const leaves = of.acts.map((each) => (typeof each === 'number' ? acts[each]?.leaf : bytesOfHex(each)));
  if (!leaves.every((leaf) => leaf !== undefined)) return 'unknown-act';
  const root = base64Of(rootOfHashes(leaves, sha256));
  const entry = gatheringText(of, { count: leaves.length, proposal: of.proposal ?? proposal, root });
  const names = of.acts.flatMap((each) => (typeof each === 'number' ? acts[each]!.name : []));
  return { leaf: leafHash(utf8Bytes(entry), sha256), names };
}

/** When the last of a quorum saw it, in seconds; undefined: there is none. A cosignature without a time shows no time. */
function quorumTime(
  cosignatures: readonly VerifiedSignature[],
  isEnough: (keys: readonly VerifierKey[]) => boolean,
): number | undefined {
  const timed = cosignatures
    .map(({ key, timeSeconds = 0 }) => ({ key, timeSeconds }))
    .filter(({ timeSeconds }) => timeSeconds > 0)
    .toSorted((one, other) => one.timeSeconds - other.timeSeconds);
  return timed.find((_, index) => isEnough(timed.slice(0, index + 1).map(({ key }) => key)))?.timeSeconds;
}

/** Hashes of a proof; none, which proves nothing, of what is no base64 of whole hashes. */
function hashesOf(base64: string): Uint8Array[] {
  const bytes = recogniseBase64(base64) ?? new Uint8Array(1);
  return Array.from({ length: Math.ceil(bytes.length / 32) }, (_, at) => bytes.subarray(32 * at, 32 * at + 32));
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/**
 * All acts that are shown to stand in their members’ ledgers: those a head proves, and those that came before one in the chain of its
 * member.
 */
export function provenActs(
  decisions: readonly { readonly acts: readonly NamedAct[]; readonly heads: Decision['heads'] }[],
  notary: Notary,
): ReadonlySet<NamedAct> {
  const chains = new Map<string, ActsOfMember>();
  const chainOf = (member: string): ActsOfMember => {
    const known = chains.get(member) ?? { shown: [], byName: undefined };
    chains.set(member, known);
    return known;
  };
  for (const { acts } of decisions) for (const each of acts) chainOf(each.act.member).shown.push(each);
  const proven = new Set<NamedAct>();
  for (const { acts, heads } of decisions) {
    for (const head of heads) {
      const found = notary.head(head, acts);
      if ('act' in found) proveChain(found.act, chainOf(found.act.act.member), proven);
    }
  }
  return proven;
}

/** What is shown of one member, in the order of decisions; the same act may be shown several times. */
interface ActsOfMember {
  readonly shown: NamedAct[];
  byName: ReadonlyMap<string, readonly NamedAct[]> | undefined;
}

/** Goes back from an act that is proven. */
function proveChain(last: NamedAct, chain: ActsOfMember, proven: Set<NamedAct>): void {
  chain.byName ??= Map.groupBy(chain.shown, ({ name }) => name);
  let at: NamedAct | undefined = last;
  while (at !== undefined && !proven.has(at)) {
    for (const same of chain.byName.get(at.name)!) proven.add(same);
    at = chain.byName.get(at.previous ?? '')?.[0];
  }
}
