import { assert } from '@comity/protocol/base';
import { lookupInput } from '@comity/protocol/lookup';
import type { Value } from '@comity/protocol/values';
import type { Store } from '../store/index.ts';
import type { HeldKey } from './epoch-book.ts';
import type { OprfDesk } from './oprf-desk.ts';

/** Values evaluated in one piece of work: some 30 ms, so that whoever asks does not wait long behind it. */
const valuesAtOnce = 256;

export interface OutputBook {
  /**
   * Outputs of values under a key, in their order; those that were not evaluated in this epoch are now, and kept.
   *
   * @param values - a thousand at most.
   */
  outputs(values: readonly Value[], key: HeldKey): Promise<readonly Uint8Array[]>;
}

/** What a value is kept under. A kind has no newline. */
export function inputKeyOf({ kind, value }: Value): string {
  return `${kind}\n${value}`;
}

/** Opens the outputs of a store whose schemas include `lookupSchema`. */
export function openOutputBook(store: Pick<Store, 'reader' | 'write'>, desk: Pick<OprfDesk, 'do'>): OutputBook {
  return {
    async outputs(values, { epoch, secretKey }) {
      const find = store.reader.prepare<{ output: Uint8Array }>(
        'select output from lookup_output where epoch = ? and input = ?',
      );
      const known = new Map<string, Uint8Array>();
      const fresh: Value[] = [];
      for (const value of values) {
        const row = find.get(epoch, inputKeyOf(value));
        if (row === undefined) fresh.push(value);
        else known.set(inputKeyOf(value), row.output);
      }
      for (let from = 0; from < fresh.length; from += valuesAtOnce) {
        const piece = fresh.slice(from, from + valuesAtOnce);
        const outputs = await desk.do({ kind: 'outputs', secretKey, inputs: piece.map(lookupInput) });
        await store.write((db) => {
          const add = db.prepare('insert or ignore into lookup_output values (?, ?, ?)');
          for (const [index, value] of piece.entries()) add.run(epoch, inputKeyOf(value), outputs[index]!);
        });
        for (const [index, value] of piece.entries()) known.set(inputKeyOf(value), outputs[index]!);
      }
      return values.map((value) => {
        const output = known.get(inputKeyOf(value));
        assert(output !== undefined, 'every value has its output');
        return output;
      });
    },
  };
}
