import { ComityError } from '../base/index.ts';
import type { TlogCrypto } from './crypto.ts';
import type { VerifierKey } from './key.ts';
import { openNote } from './note.ts';
import { areBytesEqual } from './text.ts';
import { emptyRoot, isConsistent } from './tree.ts';
import type { ParsedRequest } from './witness-request.ts';

/** The largest tree of a log a witness has cosigned. */
export interface WitnessedTree {
  /** 0 when it has cosigned none. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** What a witness knows of a log. */
export interface WitnessedLog {
  /** The keys it trusts for this origin: any one of them must have signed. */
  readonly keys: readonly VerifierKey[];
  /** Undefined when it has cosigned none. */
  readonly last: WitnessedTree | undefined;
}

/** What a witness does with a request. */
export type WitnessDecision =
  | {
      readonly status: 200;
      /** To be made durable in the transaction `last` was read in, before any signature leaves. */
      readonly last: WitnessedTree;
      /** What is to be cosigned: the text of the checkpoint. */
      readonly text: string;
    }
  | { readonly status: 409; readonly reason: string; /** Size of the last tree. */ readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string };

/**
 * Decides on a request to cosign (C2SP tlog-witness), with the statuses of its HEAD, in the order witnesses check in: 404, 403,
 * 400, 422 for an empty tree with the root of something, 409, 422. What has not the form of a request is 400 before
 * ({@link parseAddCheckpoint}).
 *
 * Pure. Reading what is known, deciding and keeping what is decided must be one transaction, else two requests at once could make a
 * witness cosign two trees.
 *
 * @param request - hostile but for its form.
 * @param log - what is known of the log of `request.checkpoint.origin`; undefined when it is not one the witness serves.
 */
export function decideAddCheckpoint(
  request: ParsedRequest,
  log: WitnessedLog | undefined,
  crypto: TlogCrypto,
): WitnessDecision {
  if (log === undefined) return { status: 404, reason: 'the log is not known here' };
  const { oldSize, proof, checkpoint } = request;
  const { origin: _, ...tree } = checkpoint;
  const opened = openedOr403(request, log, crypto);
  if ('status' in opened) return opened;
  if (oldSize > tree.size) return { status: 400, reason: 'the old size is larger than the size of the checkpoint' };
  const nothing = emptyRoot(crypto.sha256);
  if (tree.size === 0 && !areBytesEqual(tree.root, nothing)) {
    return { status: 422, reason: 'a tree without entries has the root of something' };
  }
  const last = log.last ?? { size: 0, root: nothing };
  if (oldSize !== last.size) {
    return { status: 409, reason: `the last checkpoint cosigned has size ${last.size}`, size: last.size };
  }
  const claim = { fromSize: last.size, fromRoot: last.root, ...tree, proof };
  if (!isConsistent(claim, crypto.sha256)) {
    const isFork = oldSize === tree.size && !areBytesEqual(last.root, tree.root);
    const reason = isFork ? 'the same size had another root' : 'the proof does not show that the tree only grew';
    return { status: 422, reason };
  }
  return { status: 200, last: tree, text: opened.text };
}

function openedOr403(
  { note }: ParsedRequest,
  { keys }: WitnessedLog,
  crypto: TlogCrypto,
): { readonly text: string } | { readonly status: 403; readonly reason: string } {
  try {
    return openNote(note, keys, crypto);
  } catch (error) {
    if (error instanceof ComityError && error.code === 'LEDGER_UNPROVEN') return { status: 403, reason: error.message };
    throw error;
  }
}
