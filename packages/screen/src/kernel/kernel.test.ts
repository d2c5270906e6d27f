import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { limits } from '@comity/protocol/base';
import { entryFlags, entryTags, NO_PORT, numbers, sections, Table, TAIL_UNIT_BYTES } from '../table/index.ts';
import { kernelOn, WINDOW_BYTES } from './kernel.ts';

const module = new WebAssembly.Module(readFileSync(new URL('../../dist/kernel.wasm', import.meta.url)));

/** `NAME_ENDS` of the kernel is `nameEnds` here. */
function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

test('the kernel knows the layout of a table as the table does', () => {
  const { memory } = Table.build([]);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const known: Record<string, Readonly<Record<string, number>>> = { sections, numbers, entryFlags };
  let compared = 0;
  for (const [name, exported] of Object.entries(exports)) {
    if (!(exported instanceof WebAssembly.Global)) continue;
    const key = camelCase(name);
    if (name.startsWith('TAG_')) {
      assert.equal(exported.value, entryTags[camelCase(name.slice(4)) as keyof typeof entryTags], name);
      compared++;
    }
    for (const [what, table] of Object.entries(known)) {
      if (table[key] === undefined) continue;
      assert.equal(exported.value, table[key], `${what}: ${name}`);
      compared++;
    }
  }
  assert.equal((exports['NO_PORT'] as WebAssembly.Global).value, NO_PORT);
  assert.equal((exports['TAIL_UNIT_BYTES'] as WebAssembly.Global).value, TAIL_UNIT_BYTES);
  assert.ok(compared > 25, `${compared} compared`);
});

test('a thread has one kernel on a memory, which looks through bytes in that memory where they lie', () => {
  const table = Table.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 1 }]);
  const kernel = kernelOn(table.set.memory);
  assert.ok(kernel !== undefined);
  assert.equal(kernelOn(table.set.memory), kernel);
  const input = kernel.allocateInput(100);
  const text = Buffer.from('to a.evil.example, from b.evil.example.');
  input.set(text, 50);
  for (const [bytes, start] of [
    [text, 0],
    [input, 50],
  ] as const) {
    assert.equal(kernel.find(bytes, start, start + text.length, 'none'), 2);
    const textFrom = (from: number, place: number): string => text.toString('latin1', from, kernel.offsetOf(place) + 1);
    assert.deepEqual(
      [0, 1].map((place) => textFrom(kernel.borderOf(place), place)),
      ['a.evil.example', 'b.evil.example'],
    );
    // What is listed is the name below which they are.
    assert.deepEqual(
      [0, 1].map((place) => textFrom(kernel.nameStartOf(place), place)),
      ['evil.example', 'evil.example'],
    );
    // Nothing outside the range is looked at.
    assert.equal(kernel.find(bytes, start, start + 10, 'none'), 0);
  }
});

test('what has no border within a window gets a kernel of its own, up to the length of a record; beyond it there is none', () => {
  const table = Table.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 1 }]);
  const { memory } = table.set;
  const short = kernelOn(memory);
  const long = kernelOn(memory, WINDOW_BYTES + 1);
  assert.ok(short !== undefined && long !== undefined && short !== long);
  assert.equal(kernelOn(memory, limits.recordBytesMax), long);
  assert.equal(kernelOn(memory, limits.recordBytesMax + 1), undefined);
  const text = Buffer.alloc(limits.recordBytesMax, 'a.evil.example/');
  assert.equal(long.find(text, 0, text.length, 'none'), Math.floor(text.length / 15));
  // Memory to read into is known to both.
  const input = short.allocateInput(text.length);
  input.set(text);
  assert.equal(long.find(input, 0, text.length, 'none'), Math.floor(text.length / 15));
});
