import type { ValueKind } from '@comity/protocol/values';
import type { Item } from '../item.ts';
import { noValueOnLine, readListLine } from './list-line.ts';
import { lineTooLong, linesOf } from './lines.ts';

/** Reads a list line by line; every line is taken, a comment, a loss or a rejection. */
export async function* readList(texts: AsyncIterable<string>, kind?: ValueKind): AsyncGenerator<Item> {
  for await (const { text, number } of linesOf(texts)) {
    if (text === undefined) {
      yield { kind: 'rejected', place: `line ${number}`, error: lineTooLong(number) };
      continue;
    }
    const line = readListLine(text, kind);
    if (line.kind === 'ignored') continue;
    const place = `line ${number}`;
    if (line.kind === 'unknown') yield { kind: 'rejected', place, error: noValueOnLine(text.trim(), number) };
    else if (line.kind === 'loss') yield { kind: 'loss', field: line.field, count: 1, reason: line.reason };
    else {
      const context = line.description === '' ? {} : { description: line.description };
      for (const value of line.values) yield { kind: 'value', value, place, context };
    }
  }
}
