import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asOwnError, limits } from '../base/index.ts';
import type { ErrorCode } from '../base/index.ts';
import { makeBatch, makeLoan, makeMember, makeObject, makeRecall, makeStatement } from '../../../testkit/src/index.ts';
import { batchCharsMax, createOutboxReader, outboxLineCharsMax, parseOutboxLine, printOutboxLine } from './index.ts';
import type { Batch, OutboxLine, OutboxPart } from './index.ts';

const [alder, cedar] = [makeMember('alder'), makeMember('cedar')];
const request = { from: alder.id, to: cedar.id, after: 4 };
const head: OutboxLine = { kind: 'head', v: 1, ...request, checkpoint: 'a note\n' };
const [texts, loans] = [
  [1, 2].map(makeObject),
  [1, 2].map((number) => makeLoan(alder, cedar, makeStatement(alder, makeObject(number)))),
];
const first = batchLines(5);
const second = batchLines(9);
const end = (next: number, isAll = true): OutboxLine => ({ kind: 'end', next, isAll, seen: ['another note\n'] });
const whole = [head, ...first, ...second, end(10)];

/** A batch of two items, as lines. */
function batchLines(from: number): OutboxLine[] {
  const { batch, items } = makeBatch(alder, cedar, loans, { first: from });
  return [batch, ...items.map((item, at): OutboxLine => ({ kind: 'item', item, object: texts[at]! }))];
}
const lineOf = (line: object): string => JSON.stringify(line);
function read(lines: readonly object[]): OutboxPart[] {
  const reader = createOutboxReader(request);
  return lines.map((line) => reader.read(lineOf(line))).filter((part) => part !== undefined);
}
function errorOf(action: () => unknown): { code: ErrorCode; message: string } | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    const { code, message } = asOwnError(error);
    return { code, message };
  }
}

test('a line is read as it was printed, on one line whatever its texts hold', () => {
  for (const line of whole) {
    const text = printOutboxLine(line);
    assert.equal(text.indexOf('\n'), text.length - 1);
    assert.deepEqual(parseOutboxLine(text.slice(0, -1), 'line 1'), line);
  }
});

test('a line in any other form is refused with its place and the field, and without quoting it', () => {
  const item = first[1] as Extract<OutboxLine, { kind: 'item' }>;
  const recall = makeRecall(alder, cedar, makeStatement(alder, texts[0]!, { state: 'recalled' } as object));
  for (const [line, field] of [
    [{ ...head, v: 2 }, ' at v'],
    [{ ...head, after: -1 }, ' at after'],
    [{ ...head, checkpoint: 'x'.repeat(limits.ledgerNoteBytesMax + 1) }, ' at checkpoint'],
    [{ ...head, secret: 1 }, ''],
    [{ ...first[0]!, first: 2 ** 53 }, ' at first'],
    [{ ...first[0]!, count: 257 }, ' at count'],
    [{ ...first[0]!, entry: 'A'.repeat(5465) }, ' at entry'],
    [{ ...first[0]!, proof: Array.from({ length: 64 }, () => `${'A'.repeat(43)}=`) }, ' at proof'],
    [{ ...item, item: { ...item.item, salt: 'secret' } }, ' at item.salt'],
    [{ ...item, object: 'x'.repeat(limits.stixObjectCharsMax + 1) }, ' at object'],
    [{ ...end(4), seen: Array.from({ length: 65 }, () => '') }, ' at seen'],
    [{ ...end(4), isAll: 'secret' }, ' at isAll'],
    [{ kind: 'constructor' }, ' at kind'],
    [{ kind: 'item', item: recall, object: texts[0] }, ''],
    [[], ''],
  ] as const) {
    const error = errorOf(() => parseOutboxLine(lineOf(line), 'line 3'));
    const message = `Cannot read line 3: it does not have the form of the peer protocol${field}`;
    assert.deepEqual(error, { code: 'PEER_MALFORMED', message });
  }
  assert.equal(errorOf(() => parseOutboxLine('x'.repeat(outboxLineCharsMax + 1), 'it'))?.code, 'INPUT_TOO_LARGE');
});

test('a reader of lines throws its own errors alone, whatever comes', () => {
  const codes = new Set<string | undefined>(['PEER_MALFORMED', 'JSON_MALFORMED']);
  const isOwn = (text: string): void => assert.ok(codes.has(errorOf(() => parseOutboxLine(text, 'it'))?.code), text);
  fc.assert(fc.property(fc.string(), isOwn));
  fc.assert(fc.property(fc.json(), isOwn));
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.string(), fc.jsonValue(), (line, key, value) => {
      const error = errorOf(() => parseOutboxLine(lineOf({ ...line, [key]: value }), 'it'));
      assert.ok(error === undefined || error.code === 'PEER_MALFORMED');
    }),
  );
  isOwn('['.repeat(1_000_000));
});

test('an outbox is a head, batches each with its items, and an end; what came whole is told as it comes', () => {
  const parts = read(whole);
  assert.deepEqual(
    parts.map(({ kind }) => kind),
    ['head', 'batch', 'batch', 'end'],
  );
  const [, batch] = parts;
  assert.ok(batch?.kind === 'batch');
  assert.deepEqual(
    batch.items.map(({ object }) => object),
    texts,
  );
  assert.deepEqual(
    read([head, end(4, false)]).map(({ kind }) => kind),
    ['head', 'end'],
  );
});

test('an outbox that is cut before its end says so, and a batch that is not whole is not told', () => {
  const reader = createOutboxReader(request);
  const parts = whole.slice(0, -2).map((line) => reader.read(lineOf(line)));
  assert.equal(parts.at(-1), undefined);
  assert.ok(!reader.isAtEnd());
  for (const line of whole.slice(-2)) reader.read(lineOf(line));
  assert.ok(reader.isAtEnd());
});

test('lines in any other order are refused, each by its number', () => {
  const [batch, one, two] = first as [Batch, OutboxLine, OutboxLine];
  for (const [lines, fault] of [
    [[one], 'line 1 .*: a line of kind item cannot be here'],
    [[batch], 'line 1 .*: a line of kind batch cannot be here'],
    [[end(4)], 'line 1 .*: a line of kind end cannot be here'],
    [[head, head], 'line 2 .*: a line of kind head cannot be here'],
    [[head, one], 'line 2 .*: a line of kind item cannot be here'],
    [[head, batch, batch], 'line 3 .*: the batch before it is not whole'],
    [[head, batch, one, end(5)], 'line 4 .*: the batch before it is not whole'],
    [[head, batch, two], 'line 3 .*: its sequence is not the next of its batch'],
    [[head, batch, one, one], 'line 4 .*: its sequence is not the next of its batch'],
    [[head, ...first, one], 'line 5 .*: a line of kind item cannot be here'],
    [[head, ...first, ...first], 'line 5 .*: its first sequence came before'],
    [[head, ...batchLines(4)], 'line 2 .*: its first sequence came before'],
    [[head, end(2 ** 53 - 1)], 'line 2 .*: it goes on elsewhere'],
    [[head, ...first, end(4)], 'line 5 .*: it goes on elsewhere'],
    [[...whole, end(10)], 'line 9 .*: it comes after the end'],
    [[...whole, ...batchLines(11)], 'line 9 .*: it comes after the end'],
    [[{ ...head, after: 0 }], 'line 1 .*: it is the head of another answer'],
    [[{ ...head, from: cedar.id }], 'line 1 .*: it is the head of another answer'],
    [[{ ...head, to: alder.id }], 'line 1 .*: it is the head of another answer'],
  ] as const) {
    const error = errorOf(() => read(lines));
    assert.equal(error?.code, 'PEER_MALFORMED', fault);
    assert.match(error.message, new RegExp(`^Cannot read ${fault}`));
  }
});

test('a batch is kept until it is whole, so all its lines together have a limit', () => {
  const { batch, items } = makeBatch(
    alder,
    cedar,
    Array.from({ length: 10 }, () => loans[0]!),
    { first: 5 },
  );
  const object = 'x'.repeat(limits.stixObjectCharsMax);
  const lines = items.map((item) => lineOf({ kind: 'item', item, object }));
  const reader = createOutboxReader(request);
  reader.read(lineOf(head));
  reader.read(lineOf(batch));
  const error = errorOf(() => lines.map((line) => reader.read(line)));
  assert.equal(error?.code, 'INPUT_TOO_LARGE');
  assert.match(
    error.message,
    new RegExp(`line ${2 + Math.ceil(batchCharsMax / lines[0]!.length)} .* ${batchCharsMax} characters`),
  );
});
