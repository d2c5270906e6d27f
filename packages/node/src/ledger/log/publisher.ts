import { ComityError, quote, showUtf8, utf8Bytes } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import {
  parseCheckpoint,
  parseNote,
  printCheckpoint,
  printNote,
  printTilePath,
  signText,
  tilesBetween,
  tileWidth,
} from '@comity/protocol/tlog';
import type { Checkpoint, TlogCrypto } from '@comity/protocol/tlog';
import type { Store } from '../../store/index.ts';
import type { Alarms } from '../alarms.ts';
import type { Disk } from '../disk/disk.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { isEpochQuorum } from '../witnesses/witness-book.ts';
import type { WitnessBook } from '../witnesses/witness-book.ts';
import type { WitnessClient } from '../witnesses/witness-client.ts';
import { findLog, noteFrozen, notePublished, noteSwept } from './log-book.ts';
import type { OwnLog, Published } from './log-book.ts';
import type { Proofs } from './proofs.ts';
import { filePath } from './tile-writer.ts';
import type { TileWriter } from './tile-writer.ts';

export interface PublisherDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly disk: Disk;
  readonly tiles: TileWriter;
  readonly proofs: Proofs;
  readonly keys: Pick<KeyRing, 'signers' | 'everyKey'>;
  readonly witnesses: Pick<WitnessBook, 'list' | 'epoch'>;
  readonly client: WitnessClient;
  readonly alarms: Alarms;
  readonly crypto: TlogCrypto;
  readonly clock: Clock;
}

/** A tree and the log's signatures on it. */
export interface SignedTree {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
}

/** What became of one round. */
export type PublishOutcome = 'published' | 'no-quorum' | 'frozen';

const checkpointPath = 'checkpoint';

/**
 * Lets readers see what the log has come to: files, signatures, cosignatures, checkpoint, in this order.
 *
 * A start and a normal round are one path: what is found to be done already is not done again.
 */
export class Publisher {
  readonly #deps: PublisherDeps;
  #isRecovered = false;
  /** Whether a witness was heard since the start, if there are any: before that no signature leaves. */
  #isCompared = false;
  #signed: SignedTree | undefined;
  /** The end of the writing of files under way. */
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Looks at everything again next time, as after a start. */
  forget(): void {
    this.#isRecovered = false;
    this.#isCompared = false;
    this.#signed = undefined;
  }

  /** @throws {ComityError} What the store, the disk or the keys do. Whatever was done by then, the next round goes on. */
  async publish(): Promise<PublishOutcome> {
    const { store } = this.#deps;
    const log = findLog(store.reader)!;
    if (log.frozen !== undefined) return this.#tellFrozen(log, log.frozen.reason);
    if (!this.#isRecovered) {
      const reason = await this.#recover(log);
      if (reason !== undefined) return await this.#freeze(log, reason);
      this.#isRecovered = true;
    }
    // If we stop in here, the head is kept and nobody has seen a signature of it: the files are written again.
    await this.#advance(log);
    return await this.#witness(log);
  }

  /**
   * The tree as it is now, signed by the log and not yet seen by witnesses: for members, who compare what they are shown among
   * themselves. Its head is durable and its files are there. Undefined until a witness, if there are any, was heard after a start, and
   * when the log is frozen.
   *
   * @throws {ComityError} What the disk or the keys do.
   */
  async sign(): Promise<SignedTree | undefined> {
    const { store, keys, clock } = this.#deps;
    const log = findLog(store.reader);
    if (log === undefined || log.frozen !== undefined || !this.#isCompared) return undefined;
    if (this.#signed?.size === log.size && this.#signed.origin === log.origin) return this.#signed;
    await this.#advance(log);
    const text = printCheckpoint(log);
    const signatures = signText(text, keys.signers(log.origin), Math.floor(clock() / 1000));
    if (signatures.length === 0) return undefined;
    const signed = { origin: log.origin, size: log.size, note: printNote({ text, signatures }) };
    if (signed.size >= (this.#signed?.size ?? 0) || signed.origin !== this.#signed?.origin) this.#signed = signed;
    return signed;
  }

  /** Size of the tree whose files are there for proofs beyond what is published. */
  get signedSize(): number {
    return this.#signed?.size ?? 0;
  }

  /** One after the other: a round and a signature may want the files at the same time. */
  async #advance(log: OwnLog): Promise<void> {
    const mine = this.#writing.then(() => this.#deps.tiles.advance(log));
    this.#writing = mine.catch(() => undefined);
    await mine;
  }

  /** Brings the files to what the store says was published; a reason not to when they say more than the store. */
  async #recover(log: OwnLog): Promise<string | undefined> {
    const { disk, tiles, proofs, client } = this.#deps;
    client.forget();
    proofs.clear();
    const onDisk = await disk.read(filePath(log, checkpointPath));
    const shown = recogniseCheckpoint(onDisk);
    if (shown !== undefined && shown.size > log.size) {
      return `the files show ${shown.size} entries, and the database has ${log.size}: it is an old copy`;
    }
    await tiles.load(log, shown);
    const { published } = log;
    // Files are gone with a folder that was not restored: those of the published tree come first, at its size.
    if (published !== undefined && tiles.size < published.size)
      await tiles.advance({ ...log, ...publishedTree(published) });
    await tiles.advance(log);
    if (shown !== undefined && Buffer.compare(await proofs.root(shown.size), shown.root) !== 0) {
      return `the files show another tree of ${shown.size} entries than the database has`;
    }
    if (published !== undefined && published.note !== showUtf8(onDisk ?? new Uint8Array(0))) {
      await this.#show(log, published.note);
    }
    await this.#sweep(log);
    return undefined;
  }

  async #witness(log: OwnLog): Promise<PublishOutcome> {
    const { keys, witnesses, client, alarms, clock, store } = this.#deps;
    const signers = keys.signers(log.origin);
    if (signers.length === 0) {
      throw new ComityError(
        'FILE_UNREADABLE',
        `Cannot sign for the ledger ${quote(log.origin)}: comity.key in the data folder is not the key its keys were sealed with. Put that file back, or give the ledger new keys`,
      );
    }
    const text = printCheckpoint(log);
    const own = signText(text, signers, Math.floor(clock() / 1000));
    const { origin, size, root } = log;
    const note = printNote({ text, signatures: own });
    const target = { origin, size, root, text, note, logKeys: keys.everyKey(origin) };

    const epoch = witnesses.epoch();
    const awake = epoch.witnesses.filter((witness) => !client.isResting(witness));
    const isEnough = isEpochQuorum(
      epoch,
      awake.flatMap((witness) => witness.keys),
    );
    // If we stop in here, witnesses hold us to this head, which is the one that is kept: they are asked again and told the same.
    const answers = await Promise.all(
      (isEnough ? awake : epoch.witnesses).map((witness) => client.cosign(witness, target)),
    );
    const other = answers.find((answer) => answer.kind === 'other-history');
    if (other !== undefined) return await this.#freeze(log, other.other.reason, other.other.note);
    const cosigned = answers.flatMap((answer) => (answer.kind === 'cosigned' ? [answer.cosignatures] : []));
    // Where none can be heard nobody can say that this is an old copy, and nobody could be told anything either.
    if (cosigned.length > 0 || epoch.witnesses.length === 0) this.#isCompared = true;
    if (
      !isEpochQuorum(
        epoch,
        cosigned.flat().map(({ key }) => key),
      )
    ) {
      const reason = `${cosigned.length} of ${epoch.witnesses.length} witnesses cosigned ${size} entries, and ${epoch.quorum} are needed`;
      alarms.raise('no-quorum', origin, reason);
      return 'no-quorum';
    }
    const signatures = [...own, ...cosigned.flat().map(({ signature }) => signature)];
    const published = { size, note: printNote({ text, signatures }), atUs: clock() * 1000 };
    await notePublished(store, log, published);
    // If we stop in here, readers see the checkpoint before this one until the next start writes what was kept.
    await this.#show(log, published.note);
    alarms.clear('no-quorum', origin);
    await this.#sweep({ ...log, published });
    return 'published';
  }

  async #show(log: OwnLog, note: string): Promise<void> {
    await this.#deps.disk.write([{ path: filePath(log, checkpointPath), bytes: utf8Bytes(note) }]);
  }

  /** Removes partial tiles beside those that are full in the published tree. If we stop in here, the next round begins at the same place. */
  async #sweep(log: OwnLog): Promise<void> {
    const { disk, store } = this.#deps;
    const { sweptSize, published } = log;
    if (published === undefined || published.size <= sweptSize) return;
    const full = [...tilesBetween(sweptSize, published.size)].filter(({ width }) => width === tileWidth);
    await disk.remove(full.map((tile) => filePath(log, `${printTilePath(tile)}.p`)));
    await noteSwept(store, log, published.size);
  }

  async #freeze(log: OwnLog, reason: string, note?: string): Promise<'frozen'> {
    this.#isCompared = false;
    this.#signed = undefined;
    await noteFrozen(this.#deps.store, log, { atUs: this.#deps.clock() * 1000, reason, note });
    return this.#tellFrozen(log, reason);
  }

  #tellFrozen({ origin }: OwnLog, reason: string): 'frozen' {
    this.#deps.alarms.raise('frozen', origin, reason);
    return 'frozen';
  }
}

function publishedTree({ note }: Published): Pick<Checkpoint, 'size' | 'root'> {
  const { size, root } = parseCheckpoint(parseNote(note).text);
  return { size, root };
}

/** What a file of ours says, whoever signed it; undefined for what has not its form, which is written again. */
function recogniseCheckpoint(bytes: Uint8Array | undefined): Checkpoint | undefined {
  if (bytes === undefined) return undefined;
  try {
    return parseCheckpoint(parseNote(bytes).text);
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}
