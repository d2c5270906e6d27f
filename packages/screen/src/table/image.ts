import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ComityError, quote } from '@comity/protocol/base';
import { faultOfImage } from './image-check.ts';
import { HEADER_AT, HEADER_WORDS, LAYOUT_VERSION, PAGE_BYTES, PAGES_MAX, TableMemory } from './memory.ts';
import { Table } from './table.ts';

/**
 * An image is the memory of a table, byte for byte, in a file. Its first 64 bytes, which mean nothing in memory, say so: 16 bytes
 * of magic, then in the byte order of the machine a mark of that order (u32), the version of the layout (u32), the bytes of the
 * file (u64), and SHA-256 of the whole file with these 32 bytes zero.
 */
const magic = Buffer.from('COMITY TABLE\r\n\u001a\n', 'latin1');
const ORDER_MARK = 0x0102_0304;
const DIGEST_AT = 32;
const DIGEST_BYTES = 32;
/** What is looked at before room is made for the rest. */
const HEAD_BYTES = HEADER_AT + HEADER_WORDS * 4;
/** One call of the system or of the digest takes so many bytes at most. */
const STEP_BYTES = 64 * 1024 * 1024;
const EMPTY_DIGEST = new Uint8Array(DIGEST_BYTES);
const aboutBytesMax = 16 * 1024 * 1024;

/** A table from a file. */
export interface LoadedTable {
  /** This thread's own: it can be changed and given to others as any table. */
  readonly table: Table;
  /** What {@link saveTable} was told of it; untrusted. */
  readonly about: string;
}

/**
 * Saves a table as a file that {@link loadTable} reads in one piece. The file is the old one or the new one whatever happens.
 *
 * The table may be in use; call it on the thread that owns it. The secret of its hash is in the file: who can read it
 * can list values that collide.
 *
 * @param about - what the table is of, for whoever loads it (names of lists by their `ref`, say); 16 MiB at most.
 * @throws {ComityError} `FILE_UNREADABLE` when it cannot be written.
 */
export async function saveTable(table: Table, file: string, about = ''): Promise<void> {
  const image = imageOf(table, about);
  const part = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(part, 'wx', 0o600);
    try {
      for (let at = 0; at < image.length;) {
        at += (await handle.write(image, at, Math.min(STEP_BYTES, image.length - at))).bytesWritten;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(part, { force: true });
    throw failed('save', file, cause);
  }
}

/** The bytes of a file, from a copy of the table without what it has given up. */
function imageOf(table: Table, about: string): Uint8Array {
  const memory = table.set.memory.compact();
  const text = Buffer.from(about, 'utf8');
  if (text.length > aboutBytesMax) {
    throw new ComityError('INPUT_TOO_LARGE', `Cannot save the table: what it is of takes over ${aboutBytesMax} bytes`);
  }
  memory.resize({ about: text.length });
  memory.u8('about').set(text);
  const image = new Uint8Array(memory.memory.buffer, 0, memory.bytes);
  image.set(magic);
  image.set(factsOf(LAYOUT_VERSION, image.length), magic.length);
  image.set(digestOf(image), DIGEST_AT);
  return image;
}

function factsOf(version: number, bytes: number): Uint8Array {
  const facts = new Uint32Array([ORDER_MARK, version, 0, 0]);
  new BigUint64Array(facts.buffer)[1] = BigInt(bytes);
  return new Uint8Array(facts.buffer);
}

function digestOf(image: Uint8Array): Buffer {
  const digest = createHash('sha256').update(image.subarray(0, DIGEST_AT)).update(EMPTY_DIGEST);
  for (let at = DIGEST_AT + DIGEST_BYTES; at < image.length; at += STEP_BYTES) {
    digest.update(image.subarray(at, at + STEP_BYTES));
  }
  return digest.digest();
}

/** A rename is durable once its folder is. Where a folder cannot be opened (Windows) the system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Loads what {@link saveTable} saved: one read into the memory that scans and other threads use as it is.
 *
 * Sizes are checked before room is made, every byte by the digest, and that nothing in it leads outside or in a circle. That tells
 * damage, not forgery: whoever can write the file decides what is found, so load it from where only you can write.
 *
 * @throws {ComityError} `TABLE_UNUSABLE` for a file that is no image, of another version or byte order, cut short or damaged: build
 *   the table anew. `FILE_UNREADABLE` when it cannot be read.
 */
export function loadTable(file: string): LoadedTable {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    throw failed('load', file, cause);
  }
  try {
    return readTable(descriptor, file);
  } catch (cause) {
    if (cause instanceof ComityError) throw cause;
    throw failed('load', file, cause);
  } finally {
    closeSync(descriptor);
  }
}

function readTable(descriptor: number, file: string): LoadedTable {
  const facts = fstatSync(descriptor);
  if (!facts.isFile()) throw unusable(file, 'it is no regular file');
  const head = new Uint8Array(HEAD_BYTES);
  const headBytes = readFully(descriptor, head, 0);
  const fault = faultOfHead(head.subarray(0, headBytes), facts.size);
  if (fault !== undefined) throw unusable(file, fault);

  const pages = Math.ceil(facts.size / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: PAGES_MAX, shared: true });
  const image = new Uint8Array(memory.buffer, 0, facts.size);
  // Looked at again with the whole: the file may have changed meanwhile.
  const bytes = readFully(descriptor, image, 0);
  if (bytes !== facts.size || !digestOf(image).equals(image.subarray(DIGEST_AT, DIGEST_AT + DIGEST_BYTES))) {
    throw unusable(file, 'it is damaged: its bytes are not those its digest was made of');
  }
  const tableMemory = new TableMemory(memory);
  const again = faultOfHead(image, facts.size) ?? faultOfImage(tableMemory);
  if (again !== undefined) throw unusable(file, again);
  const about = Buffer.from(tableMemory.u8('about')).toString('utf8');
  return { table: Table.attach(memory), about };
}

/** Why a file of so many bytes that begins so is no image of this version; undefined when it may be one. */
function faultOfHead(head: Uint8Array, fileBytes: number): string | undefined {
  if (!magic.equals(head.subarray(0, magic.length))) return 'it is no saved table';
  if (head.length < HEAD_BYTES) return `it is cut short: ${fileBytes} bytes are fewer than its header has`;
  const [order, version] = new Uint32Array(head.slice(magic.length, magic.length + 8).buffer);
  if (order !== ORDER_MARK) return 'it was saved on a machine of another byte order';
  if (version !== LAYOUT_VERSION) {
    return `its layout is of version ${version}, and this program reads version ${LAYOUT_VERSION}`;
  }
  const said = new BigUint64Array(head.slice(24, 32).buffer)[0]!;
  if (said > PAGES_MAX * PAGE_BYTES) return `it says that it has ${said} bytes, more than a table can have`;
  if (said !== BigInt(fileBytes)) return `it is damaged: it has ${fileBytes} bytes, and says that it has ${said}`;
  return undefined;
}

function readFully(descriptor: number, target: Uint8Array, from: number): number {
  let at = from;
  while (at < target.length) {
    const bytes = readSync(descriptor, target, at, Math.min(STEP_BYTES, target.length - at), at);
    if (bytes === 0) break;
    at += bytes;
  }
  return at;
}

function unusable(file: string, reason: string): ComityError {
  return new ComityError('TABLE_UNUSABLE', `Cannot load the table ${quote(file)}: ${reason}`);
}

function failed(action: 'load' | 'save', file: string, cause: unknown): ComityError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComityError('FILE_UNREADABLE', `Cannot ${action} the table ${quote(file)}: ${reason}`, { cause });
}
