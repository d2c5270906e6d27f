import { quote } from '../base/index.ts';
import type { VerifierKey } from './key.ts';
import { signerOf } from './key.ts';
import { unproven } from './text.ts';

/** A log a policy accepts checkpoints of. */
export interface PolicyLog {
  /** Its name is the origin of the log. */
  readonly key: VerifierKey;
  readonly url: string | undefined;
}

/** One key of a witness. A witness with two keys is a group of two. */
export interface PolicyWitness {
  readonly name: string;
  /** Of a timed kind. */
  readonly key: VerifierKey;
  readonly url: string | undefined;
}

/** Members of which so many must have witnessed. */
export interface PolicyGroup {
  readonly name: string;
  /** 1 to the number of members. */
  readonly threshold: number;
  /** Witnesses and groups that stand before this one. */
  readonly members: readonly string[];
}

/** Whom a verifier trusts to have seen what a log says (C2SP tlog-policy). */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** A witness, a group, or undefined when none is asked for. */
  readonly quorum: string | undefined;
}

/** A witness as a charter names it, with all its keys: any one of them is its word. */
export interface WitnessOfPolicy {
  /** Without white space; unlike the names of its keys it means nothing outside. */
  readonly name: string;
  readonly keys: readonly VerifierKey[];
  readonly url?: string;
}

/** A policy under which so many of the witnesses, however many keys each has, must have cosigned. 0: none. */
export function makePolicy(
  logKeys: readonly VerifierKey[],
  witnesses: readonly WitnessOfPolicy[],
  quorum: number,
): Policy {
  const each = witnesses.map(({ name, keys, url }) => ({
    name,
    keys: keys.map((key) => ({ name: keys.length === 1 ? name : `${name}:${key.keyId}`, key, url })),
  }));
  const ofSeveralKeys = each.filter(({ keys }) => keys.length > 1);
  const groups = ofSeveralKeys.map(({ name, keys }) => ({ name, threshold: 1, members: keys.map((key) => key.name) }));
  const top = {
    name: `${quorum}-of-${witnesses.length}`,
    threshold: quorum,
    members: witnesses.map(({ name }) => name),
  };
  return {
    logs: logKeys.map((key) => ({ key, url: undefined })),
    witnesses: each.flatMap(({ keys }) => keys),
    groups: quorum === 0 ? groups : [...groups, top],
    quorum: quorum === 0 ? undefined : top.name,
  };
}

/**
 * How many of `witnessCount` witnesses must cosign so that no two views of a log can both be cosigned while at most `colludingMax`
 * of them collude with it: two quorums then share one that does not.
 */
export function quorumOf(witnessCount: number, colludingMax: number): number {
  return Math.floor((witnessCount + colludingMax) / 2) + 1;
}

/** Names of the witnesses and groups of a policy that have witnessed, given the keys whose cosignatures were verified. */
export function witnessedBy(policy: Policy, keys: readonly VerifierKey[]): ReadonlySet<string> {
  const signers = new Set(keys.map(signerOf));
  const names = new Set(policy.witnesses.flatMap(({ name, key }) => (signers.has(signerOf(key)) ? name : [])));
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => names.has(member)).length >= threshold) names.add(name);
  }
  return names;
}

/** Whether the cosignatures verified are the quorum of a policy. */
export function isQuorum(policy: Policy, keys: readonly VerifierKey[]): boolean {
  return policy.quorum === undefined || witnessedBy(policy, keys).has(policy.quorum);
}

/** The log of a policy with that origin: all keys listed for it. */
export function logOfPolicy(policy: Policy, origin: string): { origin: string; keys: readonly VerifierKey[] } {
  const keys = policy.logs.flatMap(({ key }) => (key.name === origin ? key : []));
  if (keys.length > 0) return { origin, keys };
  throw unproven(`Cannot trust checkpoint: the policy has no log ${quote(origin)}`);
}
