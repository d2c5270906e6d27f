import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ComityError } from '@comity/protocol/base';
import type { FormatName } from '../formats/index.ts';
import { filesBelow, isPacked, unreadable } from '../input/index.ts';
import type { ResumeState } from '../record/index.ts';
import type { Part, ReadSizes } from './part.ts';
import { planParts } from './plan-parts.ts';

/** A file of which several parts are under way. */
export interface CutFile {
  readonly path: string;
  readonly descriptor: number;
  /** What the parts that were told of had, in all. */
  lines: number;
  /** How the last of them ended. */
  state: ResumeState | undefined;
  /** No part that was planned is of use: the file could not be read, or is read to its end in one part. */
  isOver: boolean;
}

/** What is to be told of next: one input, a part of one, or why there is none. */
export type LogWork =
  | { readonly kind: 'whole'; readonly path: string }
  | { readonly kind: 'part'; readonly file: CutFile; readonly part: Part }
  | { readonly kind: 'fault'; readonly path: string; readonly error: ComityError }
  /** All parts of a file were planned. */
  | { readonly kind: 'end'; readonly file: CutFile };

/**
 * The work of a run in the order it is told of, found as it is asked for: the files of folders, large ones cut in parts.
 *
 * @param open - gets every file that was opened; whoever asks closes it when its end is told of, or when no more is asked for.
 */
export async function* planWork(
  paths: readonly string[],
  how: { readonly format: FormatName | 'auto'; readonly sizes: ReadSizes; readonly open: Set<CutFile> },
): AsyncGenerator<LogWork, void, undefined> {
  for (const path of paths) {
    for await (const { path: file, error } of filesBelow(path)) {
      const descriptor = error === undefined ? openLarge(file, how.sizes.partBytes) : undefined;
      if (error !== undefined) yield { kind: 'fault', path: file, error };
      else if (descriptor === undefined) yield { kind: 'whole', path: file };
      else {
        const cut: CutFile = { path: file, descriptor, lines: 0, state: undefined, isOver: false };
        how.open.add(cut);
        yield* planCut(cut, how.format, how.sizes);
      }
    }
  }
}

function* planCut(file: CutFile, format: FormatName | 'auto', sizes: ReadSizes): Generator<LogWork, void, undefined> {
  try {
    for (const part of partsOf(file.descriptor, format, sizes)) {
      yield { kind: 'part', file, part };
      if (file.isOver) break;
    }
  } catch (cause) {
    yield { kind: 'fault', path: file.path, error: unreadable(file.path, cause) };
  }
  yield { kind: 'end', file };
}

function partsOf(descriptor: number, format: FormatName | 'auto', sizes: ReadSizes): Iterable<Part> {
  const { size } = fstatSync(descriptor);
  const read = (at: number, bytes: number): Uint8Array => {
    const target = new Uint8Array(bytes);
    let length = 0;
    while (length < bytes) {
      const more = readSync(descriptor, target, length, bytes - length, at + length);
      if (more === 0) break;
      length += more;
    }
    return target.subarray(0, length);
  };
  return planParts({ sizeBytes: size, read }, format, sizes);
}

/** A descriptor of a plain file of more than a part; whatever is wrong with others shows when they are screened whole. */
function openLarge(path: string, partBytes: number): number | undefined {
  let descriptor: number | undefined;
  try {
    const facts = statSync(path);
    if (!facts.isFile() || facts.size <= partBytes) return undefined;
    descriptor = openSync(path, 'r');
    const head = new Uint8Array(4);
    if (!isPacked(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)))) return descriptor;
    closeSync(descriptor);
    return undefined;
  } catch {
    if (descriptor !== undefined) closeSync(descriptor);
    return undefined;
  }
}
