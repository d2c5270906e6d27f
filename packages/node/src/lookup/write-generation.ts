import { createHmac } from 'node:crypto';
import {
  bucketBitsOf,
  generationBytes,
  parseFuseFilter,
  printLookupRecord,
  printLookupSet,
  textBytesOf,
} from '@comity/protocol/lookup';
import type { HeldKey } from './epoch-book.ts';
import type { GenerationFiles } from './generation-files.ts';
import type { OprfDesk } from './oprf-desk.ts';
import { inputKeyOf } from './output-book.ts';
import type { OutputBook } from './output-book.ts';
import type { Tellable } from './tellable.ts';

/** Bytes of a record in a set: an id, a name and some labels. */
const cellBytes = 384;
/** Records between two turns of the event loop. */
const recordsAtOnce = 1000;

export interface WriteDeps {
  readonly outputs: OutputBook;
  readonly desk: Pick<OprfDesk, 'do'>;
  readonly files: GenerationFiles;
}

/**
 * Writes the set of what may be told under a key, unless it is there: of the same it is always the same, so that who may have the same
 * share one.
 *
 * @returns Its name; undefined when `signal` called it off.
 */
export async function writeGeneration(
  tellables: readonly Tellable[],
  key: HeldKey,
  signal: AbortSignal,
  { outputs, desk, files }: WriteDeps,
): Promise<Uint8Array | undefined> {
  const texts = tellables.map(({ record }) => printLookupRecord(record, textBytesOf(cellBytes)));
  const generation = nameOf(tellables, texts, key);
  if (files.has(generation)) return generation;
  const cells: Uint8Array[] = [];
  for (let from = 0; from < tellables.length; from += recordsAtOnce) {
    if (signal.aborted) return undefined;
    const piece = tellables.slice(from, from + recordsAtOnce).map(({ value }) => value);
    cells.push(
      ...(await desk.do({
        kind: 'seal',
        outputs: await outputs.outputs(piece, key),
        texts: texts.slice(from, from + recordsAtOnce),
        form: { generation, cellBytes },
      })),
    );
  }
  const { filter, order } = await desk.do({ kind: 'filter', names: cells });
  const bucketBits = bucketBitsOf(cells.length);
  const set = printLookupSet({ ...key, generation, bucketBits, cellBytes, filter: parseFuseFilter(filter) });
  await files.write(
    generation,
    set,
    order.map((index) => cells[index]!),
    { bucketBits },
  );
  return generation;
}

/** Under a secret: whoever guessed all that is told could else check the guess. */
function nameOf(tellables: readonly Tellable[], texts: readonly string[], { epoch, secretKey }: HeldKey): Uint8Array {
  const mac = createHmac('sha256', secretKey).update(`comity/lookup/v1 generation ${epoch} ${cellBytes}\n`);
  for (const [index, { value }] of tellables.entries()) mac.update(JSON.stringify([inputKeyOf(value), texts[index]]));
  return mac.digest().subarray(0, generationBytes);
}
