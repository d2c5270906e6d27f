import { parseJson } from '@comity/protocol/base';
import { parsePolicy, portableCrypto, printVerifierKey, verifyTlogProof } from '@comity/protocol/tlog';
import type { Policy } from '@comity/protocol/tlog';

/** What is handed to this browser to check. All of it is the node's word until it was. */
export interface ToCheck {
  /** The receipt, C2SP tlog-proof. */
  readonly proof: string;
  /** The bytes of the entry, base64. */
  readonly entry: string;
  /** Whom to trust, C2SP tlog-policy. */
  readonly policy: string;
  /** What the member publishes of itself: `node.json`. */
  readonly descriptor: string;
}

/** What was found to be so. */
export interface Checked {
  readonly origin: string;
  readonly index: number;
  /** Entries of the tree that was signed. */
  readonly size: number;
  readonly entryBytes: number;
  /** Witnesses by name, with the time each states, in ms; undefined: it states none. */
  readonly witnesses: readonly { readonly name: string; readonly atMs: number | undefined }[];
  /** How many the policy asks for. */
  readonly quorum: number;
}

const descriptorCharsMax = 1024 * 1024;

/**
 * Checks a receipt with the cryptography of this page alone: the entry hashes into the tree, the log signed the tree with a key its member
 * publishes, and a quorum of witnesses cosigned it.
 *
 * @throws {ComityError} `LEDGER_UNPROVEN` where a step fails, and what reading its parts throws.
 */
export function checkProof({ proof, entry, policy: text, descriptor }: ToCheck): Checked {
  const { sha256 } = portableCrypto;
  const whole = parsePolicy(text, sha256);
  const published = new Set(publishedKeys(descriptor));
  // A key the node names and its member does not publish is nobody's.
  const policy = { ...whole, logs: whole.logs.filter(({ key }) => published.has(printVerifierKey(key))) };
  const bytes = Uint8Array.from(atob(entry), (sign) => sign.charCodeAt(0));
  const { checkpoint, index, cosignatures } = verifyTlogProof(proof, bytes, policy, portableCrypto);
  const newest = new Map<string, number | undefined>();
  for (const { key, timeSeconds = 0 } of cosignatures) {
    const name = nameOfWitness(policy, printVerifierKey(key));
    newest.set(name, Math.max(newest.get(name) ?? 0, timeSeconds * 1000) || undefined);
  }
  return {
    origin: checkpoint.origin,
    index,
    size: checkpoint.size,
    entryBytes: bytes.length,
    witnesses: [...newest].map(([name, atMs]) => ({ name, atMs })),
    quorum:
      policy.quorum === undefined ? 0 : (policy.groups.find(({ name }) => name === policy.quorum)?.threshold ?? 1),
  };
}

/** A witness with two keys is a group of two, which bears its name. */
function nameOfWitness({ witnesses, groups, quorum }: Policy, keyText: string): string {
  const name = witnesses.find(({ key }) => printVerifierKey(key) === keyText)?.name ?? '';
  return groups.find((group) => group.name !== quorum && group.members.includes(name))?.name ?? name;
}

function publishedKeys(descriptor: string): readonly string[] {
  const { body } = parseJson(descriptor, descriptorCharsMax) as { body?: { ledger?: { keys?: unknown } } };
  const keys = body?.ledger?.keys;
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
}
