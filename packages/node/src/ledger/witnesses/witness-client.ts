import { asOwnError, ComityError, parseUtf8, showUtf8 } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { monitoringPathOf, openCheckpoint, printAddCheckpoint, readWitnessAnswer } from '@comity/protocol/tlog';
import type { Checkpoint, ReadAnswer, TlogCrypto, VerifiedSignature, VerifierKey } from '@comity/protocol/tlog';
import type { Alarms } from '../alarms.ts';
import type { Ask } from '../ask.ts';
import type { Witness } from './witness-book.ts';

/** What a witness did when it was last asked. */
export interface WitnessState {
  readonly atMs: number;
  readonly isGood: boolean;
  /** A sentence without its end. */
  readonly reason: string;
  /** Size it last cosigned, as far as we know. */
  readonly size: number | undefined;
}

/** What is to be cosigned. */
export interface Target extends Checkpoint {
  /** Its text. */
  readonly text: string;
  /** The text with our own signatures. */
  readonly note: string;
  /** Every key this log has ever signed with. */
  readonly logKeys: readonly VerifierKey[];
}

export interface WitnessClientDeps {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly crypto: TlogCrypto;
  readonly alarms: Alarms;
  /** Proof that our tree of one size is the beginning of another. */
  readonly consistency: (fromSize: number, size: number) => Promise<readonly Uint8Array[]>;
  readonly root: (size: number) => Promise<Uint8Array>;
}

/** A checkpoint with our signature that is not of our tree: a copy of this node signed on, or somebody else has its key. */
export interface OtherHistory {
  /** A sentence without its end. */
  readonly reason: string;
  readonly note: string;
}

/** What came of asking a witness. */
export type Cosigned =
  | { readonly kind: 'cosigned'; readonly cosignatures: readonly VerifiedSignature[] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'other-history'; readonly other: OtherHistory };

const timeoutMs = 1000;
const triesMax = 3;
/** After so many failures a witness is asked a minute apart. */
const failuresMax = 6;

interface Known {
  /** Size it last cosigned; undefined until it was asked once since the start. */
  size: number | undefined;
  failures: number;
  state: WitnessState;
}

/** Asks witnesses to cosign our checkpoints, and remembers what each said. */
export class WitnessClient {
  readonly #deps: WitnessClientDeps;
  readonly #known = new Map<number, Known>();

  constructor(deps: WitnessClientDeps) {
    this.#deps = deps;
  }

  /** Every witness is compared anew before it is sent a signature. */
  forget(): void {
    for (const known of this.#known.values()) known.size = undefined;
  }

  stateOf({ id }: Witness): WitnessState | undefined {
    return this.#known.get(id)?.state;
  }

  /** Whether a witness failed so often of late that it is not worth a second of waiting, unless it is needed. */
  isResting({ id }: Witness): boolean {
    const known = this.#known.get(id);
    if (known === undefined || known.failures === 0) return false;
    const restMs = 1000 * 2 ** Math.min(known.failures, failuresMax);
    return this.#deps.clock() < known.state.atMs + restMs;
  }

  /**
   * Asks a witness to cosign a checkpoint.
   *
   * Before a signature leaves for a witness, what it shows of our log is compared with ours: a head out of an old backup is sound in itself, and
   * signing on from it would be a second story.
   */
  async cosign(witness: Witness, target: Target): Promise<Cosigned> {
    const { alarms, clock } = this.#deps;
    const known = this.#known.get(witness.id) ?? { size: undefined, failures: 0, state: untold };
    this.#known.set(witness.id, known);
    const note = (isGood: boolean, reason: string): void => {
      known.failures = isGood ? 0 : known.failures + 1;
      known.state = { atMs: clock(), isGood, reason, size: known.size };
    };
    try {
      const cosigned = await this.#ask(witness, target, known);
      if (cosigned.kind === 'cosigned') {
        note(true, 'it cosigned');
        alarms.clear('witness-fork', witness.name);
        alarms.clear('unknown-size', witness.name);
      }
      return cosigned;
    } catch (error) {
      note(false, asOwnError(error).message);
      return { kind: 'failed' };
    }
  }

  async #ask(witness: Witness, target: Target, known: Known): Promise<Cosigned> {
    if (known.size === undefined) {
      const shown = await this.#compare(witness, target);
      if (typeof shown !== 'number') return { kind: 'other-history', other: shown };
      known.size = shown;
    }
    for (let tries = 0; tries <= triesMax; tries += 1) {
      const read = await this.#post(witness, target, known.size);
      if (read.outcome === 'cosigned') {
        known.size = target.size;
        return { kind: 'cosigned', cosignatures: read.cosignatures };
      }
      if (read.outcome === 'failed') {
        if (read.isAlarming) this.#deps.alarms.raise('witness-fork', witness.name, read.reason);
        throw failed(read.reason);
      }
      if (read.size > target.size) return await this.#askToShow(witness, target, known, read.size);
      known.size = read.size;
    }
    throw failed('it named another size each time');
  }

  /** A witness that names a size we do not know: the number alone is anybody's word, what shows it is our own signature. */
  async #askToShow(witness: Witness, target: Target, known: Known, size: number): Promise<Cosigned> {
    const reason = `it says it has cosigned ${size} entries, and here are ${target.size}`;
    this.#deps.alarms.raise('unknown-size', witness.name, reason);
    known.size = undefined;
    const shown = await this.#compare(witness, target);
    if (typeof shown !== 'number') return { kind: 'other-history', other: shown };
    throw failed(`${reason}, but shows no checkpoint of that size`);
  }

  /** Size of our log the witness shows: 0 when it shows none. */
  async #compare(witness: Witness, { origin, size: ownSize, logKeys }: Target): Promise<number | OtherHistory> {
    const { ask, crypto, root: rootOf } = this.#deps;
    const url = `${witness.monitoringUrl}/${monitoringPathOf(origin, crypto.sha256)}`;
    const { status, body } = await ask({ url, allowPrivate: witness.allowPrivate, timeoutMs });
    if (status === 404) return 0;
    if (status !== 200) throw failed(`its monitoring URL answered ${status}`);
    const { size, root } = openCheckpoint(body, { origin, keys: logKeys }, [], crypto).checkpoint;
    const isOurs = size <= ownSize && Buffer.compare(await rootOf(size), root) === 0;
    if (isOurs) return size;
    const seen = `the witness ${witness.name} has cosigned`;
    return {
      reason:
        size > ownSize
          ? `${seen} ${size} entries of this log, and here are ${ownSize}: either this is an old copy of its data, or somebody else has its key`
          : `${seen} another tree of ${size} entries than is here`,
      note: parseUtf8(body, 'checkpoint'),
    };
  }

  async #post(witness: Witness, target: Target, oldSize: number): Promise<ReadAnswer> {
    const { ask, crypto, consistency } = this.#deps;
    const proof = oldSize === 0 ? [] : await consistency(oldSize, target.size);
    const { status, body } = await ask({
      url: `${witness.url}/add-checkpoint`,
      body: printAddCheckpoint({ oldSize, proof, note: target.note }),
      allowPrivate: witness.allowPrivate,
      timeoutMs,
    });
    return readWitnessAnswer({ status, body: showUtf8(body) }, target.text, witness.keys, crypto);
  }
}

const untold: WitnessState = { atMs: 0, isGood: false, reason: 'it was not asked yet', size: undefined };

function failed(reason: string): ComityError {
  return new ComityError('REMOTE_FAILED', reason);
}
