import { ComityError, quote } from '@comity/protocol/base';
import {
  compressionOf,
  growsTooMuch,
  gunzipped,
  PackedBytes,
  ratioAfterBytes,
  unzstd,
  zipMembers,
} from '../input/index.ts';
import type { Bytes, OpenedZip } from '../input/index.ts';
import { RunningDigests } from './digests.ts';
import type { DigestKind } from './digests.ts';
import type { FileLimits } from './file-limits.ts';
import { faultOf } from './outcome.ts';
import type { DigestedPart, Fault } from './outcome.ts';
import { PartSource } from './part-source.ts';
import { isTar, tarMembers } from './tar-members.ts';

/** Bytes that say what a part is. */
const HEAD_BYTES = 512;
/** Faults told of one file; an archive of ten thousand encrypted members is one archive that could not be read. */
const faultsMax = 8;

/** What is looked into. */
export type Packing = 'gzip' | 'zstd' | 'zip' | 'tar';

/** What bytes that begin so are, by their first 512 (or all there are); undefined for what is not looked into. */
export function packingOf(head: Uint8Array): Packing | undefined {
  return compressionOf(head) ?? (isTar(head) ? 'tar' : undefined);
}

/** Where the inside of one file is reported. */
export interface Inside {
  readonly parts: DigestedPart[];
  readonly faults: Fault[];
  faultCount: number;
}

/** The file whose inside is looked at. */
export interface OuterFile {
  /** To show in messages; untrusted. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly kinds: readonly DigestKind[];
  readonly limits: FileLimits;
}

/**
 * Looks through one file's archives and compressions, and takes the digests of everything that comes out of them.
 *
 * gzip, Zstandard, zip and tar by their first bytes, not by name, to {@link FileLimits.depthMax}; nothing is converted. What
 * cannot be read is a fault of its own; the rest is read.
 */
export class InsideReader {
  readonly inside: Inside = { parts: [], faults: [], faultCount: 0 };
  readonly #file: OuterFile;
  #outBytes = 0;
  #members = 0;
  /** A limit on the whole file is passed: nothing more of it is read. */
  #stop: ComityError | undefined;
  #lastTold: unknown;

  constructor(file: OuterFile) {
    this.#file = file;
  }

  /** What a gzip or Zstandard file or a tar holds; `packed` is left where reading ended. */
  async readStream(packed: PartSource): Promise<void> {
    await this.#guarded(undefined, async () => {
      const packing = packingOf(await packed.head(HEAD_BYTES));
      if (packing === 'tar') await this.#readTar(undefined, packed, 0);
      else await this.#readContent(undefined, packed, 0);
    });
  }

  /** What a zip on disk holds; `descriptor` stays open. */
  async readZip(descriptor: number): Promise<void> {
    await this.#guarded(undefined, async () => {
      await this.#readMembers(undefined, { descriptor, sizeBytes: this.#file.sizeBytes }, nothing(), 0);
    });
  }

  /** Reads on after a fault inside, but not after one that ends the whole file. */
  async #guarded(member: string | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tell(error, member);
    }
  }

  /** Tells an error once, however many levels it passes. */
  #tell(error: unknown, member: string | undefined): void {
    const fault = faultOf(error, member);
    if (error === this.#lastTold) return;
    this.#lastTold = error;
    this.inside.faultCount++;
    if (this.inside.faults.length < faultsMax) this.inside.faults.push(fault);
  }

  /** The bytes under a gzip or Zstandard compression are one member, named as the compressed thing without its ending. */
  async #readContent(container: string | undefined, packed: PartSource, depth: number): Promise<void> {
    const head = await packed.head(HEAD_BYTES);
    const name = this.#nameOf(container);
    const member = joined(container, contentName(container ?? this.#file.name));
    this.#enter(name, depth);
    const bytes = new PackedBytes(packed.chunks());
    const content = compressionOf(head) === 'gzip' ? gunzipped(name, bytes) : unzstd(name, bytes);
    const endsWhole = (error: unknown): boolean => {
      // What is no part of the compressed data stands behind it: that is told, and the data are what they are.
      if (packed.hasFailed || !(error instanceof ComityError) || error.details['dataIsWhole'] !== true) return false;
      this.#tell(error, container);
      return true;
    };
    const { ratioMax } = this.#file.limits;
    const chunks = bounded(content, { name: this.#nameOf(member), packed: bytes, ratioMax, endsWhole });
    await this.#takePart(member, chunks, depth + 1);
  }

  async #readMembers(
    container: string | undefined,
    file: OpenedZip | undefined,
    chunks: Bytes,
    depth: number,
  ): Promise<void> {
    const name = this.#nameOf(container);
    const { ratioMax, membersMax, nestedZipBytesMax } = this.#file.limits;
    this.#enter(name, depth);
    const limits = { ratioMax, membersMax, bytesMax: nestedZipBytesMax, readsOddNames: true };
    for await (const found of zipMembers(name, file, chunks, limits)) {
      const member = found.name === name ? container : joined(container, found.name.slice(name.length + 1));
      if (found.error !== undefined) this.#tell(found.error, member);
      else await this.#takePart(member ?? '', found.chunks, depth + 1);
      if (this.#stop !== undefined) return;
    }
  }

  async #readTar(container: string | undefined, packed: PartSource, depth: number): Promise<void> {
    const name = this.#nameOf(container);
    this.#enter(name, depth);
    for await (const found of tarMembers(name, new PackedBytes(packed.chunks()))) {
      const member = joined(container, found.name);
      if (found.error !== undefined) this.#tell(found.error, member);
      else await this.#takePart(member, found.chunks, depth + 1);
      if (this.#stop !== undefined) return;
    }
  }

  /** Takes the digests of one member and looks into it. */
  async #takePart(member: string, chunks: Bytes, depth: number): Promise<void> {
    const digests = new RunningDigests(this.#file.kinds);
    const source = new PartSource(chunks, (chunk) => {
      this.#spend(chunk.length);
      digests.update(chunk);
    });
    try {
      this.#count();
      const packing = packingOf(await source.head(HEAD_BYTES));
      if (packing !== undefined) await this.#lookInto(member, packing, source, depth);
      await source.drain();
      this.inside.parts.push({ member, digests: digests.finish() });
    } catch (error) {
      this.#tell(error, member);
    } finally {
      await source.close();
    }
  }

  async #lookInto(member: string, packing: Packing, source: PartSource, depth: number): Promise<void> {
    try {
      if (packing === 'zip') await this.#readMembers(member, undefined, source.chunks(), depth);
      else if (packing === 'tar') await this.#readTar(member, source, depth);
      else await this.#readContent(member, source, depth);
    } catch (error) {
      // A fault of the bytes themselves is told where they are taken.
      if (source.hasFailed || this.#stop !== undefined) throw error;
      this.#tell(error, member);
    }
  }

  #enter(name: string, depth: number): void {
    const { depthMax } = this.#file.limits;
    if (depth < depthMax) return;
    throw new ComityError(
      'INPUT_TOO_DEEP',
      `Cannot look into ${quote(name)}: it lies in ${depth} archives, at most ${depthMax} are looked through`,
    );
  }

  #count(): void {
    const { membersInAllMax } = this.#file.limits;
    if (++this.#members <= membersInAllMax) return;
    this.#end(
      new ComityError(
        'ARCHIVE_BOMB',
        `Cannot read ${quote(this.#file.name)} further: more than ${membersInAllMax} members are in it`,
      ),
    );
  }

  #spend(bytes: number): void {
    if (this.#stop !== undefined) throw this.#stop;
    this.#outBytes += bytes;
    const { name, sizeBytes, limits } = this.#file;
    if (this.#outBytes > ratioAfterBytes && this.#outBytes > sizeBytes * limits.ratioMax) {
      this.#end(growsTooMuch(name, limits.ratioMax));
    }
  }

  #end(error: ComityError): never {
    this.#stop = error;
    throw error;
  }

  #nameOf(member: string | undefined): string {
    return member === undefined ? this.#file.name : `${this.#file.name}/${member}`;
  }
}

async function* bounded(
  content: Bytes,
  options: {
    readonly name: string;
    readonly packed: PackedBytes;
    readonly ratioMax: number;
    readonly endsWhole: (error: unknown) => boolean;
  },
): Bytes {
  const { name, packed, ratioMax, endsWhole } = options;
  let outBytes = 0;
  try {
    for await (const chunk of content) {
      outBytes += chunk.length;
      if (outBytes > ratioAfterBytes && outBytes > packed.usedBytes * ratioMax) throw growsTooMuch(name, ratioMax);
      yield chunk;
    }
  } catch (error) {
    if (!endsWhole(error)) throw error;
  }
}

// oxlint-disable-next-line require-yield -- a zip on disk is read in place, so no chunk of it is taken here
async function* nothing(): Bytes {
  return;
}

function joined(container: string | undefined, name: string): string {
  return container === undefined ? name : `${container}/${name}`;
}

/** `report.doc` of `report.doc.gz`, `x.tar` of `x.tgz`; `content` where the name does not say. */
function contentName(packedName: string): string {
  const last = packedName.slice(packedName.lastIndexOf('/') + 1);
  if (/\.tgz$/i.test(last)) return `${last.slice(0, -4)}.tar`;
  const bare = last.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');
  return bare === '' || bare === last ? 'content' : bare;
}
