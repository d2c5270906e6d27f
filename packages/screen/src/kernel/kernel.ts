import { randomFillSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { limits } from '@comity/protocol/base';
import type { TableMemory } from '../table/index.ts';

/** Offsets and sizes that `assembly/layout.ts` states. */
type Layout = Readonly<
  Record<
    | 'CONSTANT_BYTES'
    | 'COLON_MASK'
    | 'DOT_MASK'
    | 'HEADER'
    | 'HEADER_BYTES'
    | 'HEX_MASK'
    | 'INPUT'
    | 'NOTE_ENTRIES'
    | 'NOTE_KEYS'
    | 'NOTE_KEYS_BYTES'
    | 'NOTE_NEWS'
    | 'NOTE_TABLE'
    | 'NOTES_BYTES'
    | 'PLACES'
    | 'SCRATCH_BYTES'
    | 'TOKEN_MASK',
    WebAssembly.Global
  >
>;

interface KernelExports extends Layout {
  prepare(constants: number, inputBytesMax: number): void;
  scan(header: number, scratch: number, input: number, length: number, gates: number): number;
  see(scratch: number, input: number, length: number, notes: number, saltLow: number, saltHigh: number): number;
}

/** What a kernel keeps of the values it saw, `assembly/fingerprints.ts`. */
interface KernelNotes {
  /** Where {@link Kernel.see} was asked for it in the memory of the table. */
  readonly at: number;
  /** What is new, three numbers each: the place, which {@link kindOf} and {@link offsetOf} read, the entry or {@link noEntry}, and a count. */
  readonly news: Uint32Array;
  /** Entries, four words each: fingerprint, count, and one word that the kernel leaves alone. */
  readonly entries: Int32Array;
}

/** Whether the URL at a place that is new is to be noted too. */
export function isWithUrl(place: number): boolean {
  return (place & WITH_URL) !== 0;
}
const WITH_URL = 1 << 28;

/** Entry of what has none. */
export const noEntry = 0xffff_ffff;

/**
 * Which gates are asked for: hosts of listed URLs and e-mail addresses where none of these stands. `parted`: those whose URL their
 * line may have in parts, in the bytes of other fields or in a field that ends where bytes alone do not show it.
 */
export type Gates = keyof typeof gateNumbers;
const gateNumbers = { none: 0, all: 1, parted: 2 } as const;

/** What stands at a place: the two highest bits of its number. The rest is the offset of a byte in what was looked through. */
export const placeKinds = { inName: 0, inQuad: 1, atColon: 2, inDigits: 3 } as const;
const PLACE_BITS = 30;
/** So many numbers say what is known of a place. */
const PLACE_WORDS = 4;
/** What is read round an input. */
const MARGIN = 64;

/** By what views on a memory call its buffer, a new one each time it was made larger: the memory. */
const inputBuffers = new WeakMap<ArrayBufferLike, TableMemory>();

/**
 * The kernel of one thread on the memory of one table: says at which places of some bytes something listed may stand.
 *
 * `assembly/index.ts` is its source. A place it names may turn out to be nothing; it leaves none out.
 */
export class Kernel {
  /** The most bytes {@link find} takes. */
  readonly bytesMax: number;
  readonly #memory: TableMemory;
  readonly #exports: KernelExports;
  readonly #scratch: number;
  readonly #input: Buffer;
  readonly #places: Uint32Array;
  #looked = { input: 0, length: 0 };
  #notes: KernelNotes | undefined;
  /** A bit a byte of what was looked through last, as `ByteMasks` has them. */
  readonly masks: {
    readonly token: Int32Array;
    readonly dot: Int32Array;
    readonly colon: Int32Array;
    readonly hex: Int32Array;
  };

  /** @param bytesMax - a multiple of 64. About 38 bytes of the memory go with each, touched when needed and never given back. */
  constructor(memory: TableMemory, module: WebAssembly.Module, bytesMax: number) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    const kernel = exports as unknown as KernelExports;
    this.#exports = kernel;
    this.#memory = memory;
    kernel.prepare(memory.allocate(kernel.CONSTANT_BYTES.value), bytesMax);
    this.#scratch = memory.allocate(kernel.SCRATCH_BYTES.value);
    const { buffer } = memory.memory;
    this.bytesMax = bytesMax;
    this.#input = Buffer.from(buffer, this.#scratch + kernel.INPUT.value, this.bytesMax);
    const placeWords = (kernel.SCRATCH_BYTES.value - kernel.PLACES.value) / 4;
    this.#places = new Uint32Array(buffer, this.#scratch + kernel.PLACES.value, placeWords);
    const mask = (offset: WebAssembly.Global): Int32Array =>
      new Int32Array(buffer, this.#scratch + offset.value, this.bytesMax / 32 + 2);
    this.masks = {
      token: mask(kernel.TOKEN_MASK),
      dot: mask(kernel.DOT_MASK),
      colon: mask(kernel.COLON_MASK),
      hex: mask(kernel.HEX_MASK),
    };
  }

  /** Memory to read into, so that {@link find} need not copy what is to be looked through. Never given back. */
  allocateInput(bytes: number): Uint8Array {
    const at = this.#memory.allocate(bytes + 2 * MARGIN) + MARGIN;
    const { buffer } = this.#memory.memory;
    inputBuffers.set(buffer, this.#memory);
    return new Uint8Array(buffer, at, bytes);
  }

  /**
   * Looks through `bytes[from, to)`; says how many places there are.
   *
   * @param gates - which gates are places.
   */
  find(bytes: Uint8Array, from: number, to: number, gates: Gates): number {
    const { HEADER } = this.#exports;
    this.#memory.copyHeader(this.#scratch + HEADER.value);
    let input = bytes.byteOffset + from;
    if (inputBuffers.get(bytes.buffer) !== this.#memory) {
      // Into shared memory `set` copies word by word, a third as fast.
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).copy(this.#input, 0, from, to);
      input = this.#input.byteOffset;
    }
    this.#looked.input = input;
    this.#looked.length = to - from;
    return this.#exports.scan(this.#scratch + HEADER.value, this.#scratch, input, to - from, gateNumbers[gates]);
  }

  /** Memory for {@link see}, 5 MB from the first time on; its keys are random. */
  get notes(): KernelNotes {
    if (this.#notes !== undefined) return this.#notes;
    const { NOTES_BYTES, NOTE_KEYS, NOTE_KEYS_BYTES, NOTE_NEWS, NOTE_TABLE, NOTE_ENTRIES } = this.#exports;
    const at = this.#memory.allocate(NOTES_BYTES.value);
    const { buffer } = this.#memory.memory;
    const keys = randomFillSync(new Uint8Array(NOTE_KEYS_BYTES.value));
    // The last two are factors: odd.
    keys[32]! |= 1;
    keys[40]! |= 1;
    new Uint8Array(buffer, at + NOTE_KEYS.value, keys.length).set(keys);
    this.#notes = {
      at,
      news: new Uint32Array(buffer, at + NOTE_NEWS.value, (NOTE_TABLE.value - NOTE_NEWS.value) / 4),
      entries: new Int32Array(buffer, at + NOTE_TABLE.value, NOTE_ENTRIES.value * 4),
    };
    return this.#notes;
  }

  /**
   * Looks again at what {@link find} looked through last, for values that were not seen just before under this salt; says how many
   * places are new. They are in {@link notes}.
   */
  see(saltLow: number, saltHigh: number): number {
    const { input, length } = this.#looked;
    return this.#exports.see(this.#scratch, input, length, this.notes.at, saltLow, saltHigh);
  }

  /** One of {@link placeKinds}. */
  kindOf(place: number): number {
    return kindOf(this.#places[place * PLACE_WORDS]!);
  }

  /** Offset in what was looked through: of the last byte of a name or dotted quad, a colon, or the first of some digits. */
  offsetOf(place: number): number {
    return offsetOf(this.#places[place * PLACE_WORDS]!);
  }

  /** Offset of the first byte of the name or quad, or behind the last of the digits. */
  borderOf(place: number): number {
    return this.#places[place * PLACE_WORDS + 1]!;
  }

  /** Of a name, where the shortest of its ends begins that may be listed or have its listed URLs and addresses. */
  nameStartOf(place: number): number {
    return this.#places[place * PLACE_WORDS + 2]!;
  }

  /** Of a name, the state of its hash at {@link nameStartOf}; of digits, their hash. Signed, as hashes are. */
  hashOf(place: number): number {
    return this.#places[place * PLACE_WORDS + 3]! | 0;
  }

  /** Of a quad, a bit for each prefix length below 32 of which a listed network may hold it. */
  prefixesOf(place: number): number {
    return this.#places[place * PLACE_WORDS + 3]!;
  }
}

/** What stands at a place, one of {@link placeKinds}, by its number. */
export function kindOf(place: number): number {
  return place >>> PLACE_BITS;
}

/** Offset of a place in what was looked through, by its number. */
export function offsetOf(place: number): number {
  return place & (WITH_URL - 1);
}

const file = new URL('../../dist/kernel.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;
let isTried = false;
/** So many bytes at a time stay in the processor's cache. */
export const WINDOW_BYTES = 64 * 1024;
/** A kernel for windows; another, made when it is first needed, for a record that cannot be cut. */
const sizes = [WINDOW_BYTES, limits.recordBytesMax];
const kernels = sizes.map(() => new WeakMap<TableMemory, Kernel>());

/**
 * The kernel of this thread on a memory for inputs of so many bytes; undefined where it was not built, the machine has no SIMD, or the
 * input is longer than a record may be.
 */
export function kernelOn(memory: TableMemory, bytes = WINDOW_BYTES): Kernel | undefined {
  const size = sizes.findIndex((bytesMax) => bytes <= bytesMax);
  const known = kernels[size]?.get(memory);
  if (known !== undefined || size < 0) return known;
  if (!isTried) {
    isTried = true;
    compiled = compile();
  }
  if (compiled === undefined) return undefined;
  const kernel = new Kernel(memory, compiled, sizes[size]!);
  kernels[size]!.set(memory, kernel);
  return kernel;
}

function compile(): WebAssembly.Module | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return new WebAssembly.Module(readFileSync(file));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}
