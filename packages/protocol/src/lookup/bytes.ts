import { ComityError } from '../base/index.ts';

/** Equal parts of `bytes`, whose length is a multiple of `partBytes`. */
export function splitBytes(bytes: Uint8Array, partBytes: number): Uint8Array[] {
  return Array.from({ length: bytes.length / partBytes }, (_, index) =>
    bytes.subarray(index * partBytes, (index + 1) * partBytes),
  );
}

/** The order of bytes read as one number, the first the highest; both of one length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Bytes as numbers of several of them. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Lower-case hexadecimal of exactly `count` bytes; undefined for anything else. */
export function bytesOfHex(text: string, count: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== count * 2 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from({ length: count }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}

/** What has not its form. */
export function malformed(message: string, cause?: unknown): ComityError {
  return new ComityError('LOOKUP_MALFORMED', message, { cause });
}

/** What does not show what it is said to show. */
export function unproven(message: string, cause?: unknown): ComityError {
  return new ComityError('LOOKUP_UNPROVEN', message, { cause });
}
