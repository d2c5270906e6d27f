import { readIntelligence } from './read-intelligence.ts';
import type { Item, ReadOptions } from '../item.ts';

export async function* chunked(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export async function read(text: string | Uint8Array, name = 'input.txt', options: ReadOptions = {}): Promise<Item[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return collect(readIntelligence({ name, chunks: chunked(bytes) }, options));
}

/** `format list`, `domain evil.example`, `ipv4 192.0.2.1:443`, `rejected line 3`, `loss X`, `object indicator`. */
export function said(items: readonly Item[]): string[] {
  return items.map((item) => {
    switch (item.kind) {
      case 'value':
        return `${item.value.kind} ${item.value.value}${item.value.port === undefined ? '' : `:${item.value.port}`}`;
      case 'object':
        return `object ${item.object.type}`;
      case 'rejected':
        return `rejected ${item.place}`;
      case 'loss':
        return `loss ${item.field}`;
      case 'alert':
        return `alert ${item.place}`;
      case 'withdrawal':
        return `withdrawal ${item.place}`;
      case 'format':
        return `format ${item.format}`;
    }
  });
}
