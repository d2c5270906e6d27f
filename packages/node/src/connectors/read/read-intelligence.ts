import { ComityError } from '@comity/protocol/base';
import type { IntelligenceInput, Item, LossItem, ReadOptions } from '../item.ts';
import { detectFormat, headChars } from './detect.ts';
import type { Detected } from './detect.ts';
import { readFreeText } from './free-text.ts';
import { readJsonDocument, readJsonLines } from './json-documents.ts';
import { soundText, textChunks, wholeText, withLineFeeds } from './lines.ts';
import { readList } from './list.ts';
import { readYamlRecords } from './records.ts';
import { readRpz } from './rpz.ts';
import { readSigmaRules } from './sigma-rules.ts';
import { readTable } from './table.ts';
import { readZeekIntel } from './zeek-intel.ts';

/** Kinds of loss told apart in one document. */
const lossKindsMax = 500;

/**
 * Reads one document of any known format as a sequence of items.
 *
 * The first item states the format, unless the input could not be read at all. Content never makes it throw: what cannot be
 * used is an item with its place and reason, and the reading goes on where that is possible. Lists and tables are streamed
 * and need the memory of one line; JSON, YAML and reports are read whole, up to `limits.jsonDocumentBytesMax`.
 *
 * @param input - untrusted; its chunks are consumed.
 * @throws {ComityError} `ARGUMENT_INVALID` when `options` name a column that is not there. Nothing else.
 */
export async function* readIntelligence(input: IntelligenceInput, options: ReadOptions = {}): AsyncGenerator<Item> {
  try {
    let fault: ComityError | undefined;
    const onFault = (error: ComityError): void => void (fault = error);
    const texts = soundText(textChunks(input.chunks), onFault)[Symbol.asyncIterator]();
    const { head, isWhole } = await takeHead(texts);
    if (head === '' && fault !== undefined) throw fault;
    const detected = judge(input.name, head, options);
    if (detected.how === 'refused') {
      const error = new ComityError('FORMAT_UNKNOWN', `Cannot import ${input.name}: ${detected.reason}`);
      yield { kind: 'rejected', place: input.name, error };
      return;
    }
    yield { kind: 'format', format: detected.format };
    const losses = new Map<string, LossItem>();
    const whole = rejoined(head, isWhole, texts);
    // Objects are kept as they came, to the byte; everything else is read in lines.
    const source = detected.how === 'json' ? whole : withLineFeeds(whole);
    for await (const item of readAs(detected, input.name, source, options)) {
      if (item.kind === 'loss') addLoss(losses, item);
      else yield item;
    }
    yield* losses.values();
    // What could be read was taken; the report says where the rest is missing.
    if (fault !== undefined) throw fault;
  } catch (error) {
    if (!(error instanceof ComityError) || error.code === 'ARGUMENT_INVALID') throw error;
    yield { kind: 'rejected', place: input.name, error };
  }
}

/** What the caller forces, else what the beginning shows. */
function judge(name: string, head: string, options: ReadOptions): Detected {
  if (options.format !== undefined || options.kind !== undefined) return forced(options, name, head);
  const detected = detectFormat(name, head);
  if (detected.how !== 'text' || options.freeText !== false) return detected;
  return {
    how: 'refused',
    reason: 'it is running text beside other files; import it by its own name to take the values in it',
  };
}

/** Losses of one document are told once each, at the end; beyond {@link lossKindsMax} kinds they are added up as one. */
function addLoss(losses: Map<string, LossItem>, loss: LossItem): void {
  const key = `${loss.field}\n${loss.reason}`;
  const known = losses.get(key);
  if (known !== undefined) losses.set(key, { ...known, count: known.count + loss.count });
  else if (losses.size < lossKindsMax) losses.set(key, loss);
  else {
    const count = (losses.get('other')?.count ?? 0) + loss.count;
    losses.set('other', { kind: 'loss', field: 'other fields', count, reason: 'more kinds of loss than are listed' });
  }
}

async function* readAs(
  detected: Exclude<Detected, { how: 'refused' }>,
  name: string,
  texts: AsyncIterable<string>,
  options: ReadOptions,
): AsyncGenerator<Item> {
  switch (detected.how) {
    case 'json':
      if (detected.lines) yield* readJsonLines(texts, options);
      else yield* readJsonDocument(await wholeText(texts, name), detected.kind, '', options);
      return;
    case 'list':
      yield* readList(texts, options.kind);
      return;
    case 'rpz':
      yield* readRpz(texts);
      return;
    case 'zeek-intel':
      yield* readZeekIntel(texts);
      return;
    case 'table':
      yield* readTable(texts, detected.delimiter, options.mapping);
      return;
    case 'sigma':
      yield* readSigmaRules(await wholeText(texts, name));
      return;
    case 'yaml':
      yield* readYamlRecords(await wholeText(texts, name), name);
      return;
    case 'hashes':
      yield {
        kind: 'loss',
        field: 'hashes.csv',
        count: 1,
        reason: 'the index of a MISP feed: digests of values, not values',
      };
      return;
    case 'text':
      yield* readReport(await wholeText(texts, name), name);
  }
}

function* readReport(text: string, name: string): Generator<Item> {
  let found = 0;
  for (const item of readFreeText(text)) {
    found += 1;
    yield item;
  }
  if (found === 0 && text.trim() !== '') {
    const error = new ComityError(
      'FORMAT_UNKNOWN',
      `Cannot import ${name}: no format fits and no value stands in its text`,
    );
    yield { kind: 'rejected', place: name, error };
  }
}

function forced(options: ReadOptions, name: string, head: string): Detected {
  const format = options.format ?? 'list';
  const recognised = detectFormat(name, head);
  if (format === 'stix' || format === 'misp') {
    return { how: 'json', kind: format, lines: recognised.how === 'json' && recognised.lines, format };
  }
  if (format === 'records') return recognised.how === 'json' ? recognised : { how: 'yaml', format };
  if (format !== 'csv') return { how: format, format };
  const delimiter = recognised.how === 'table' ? recognised.delimiter : /\.tsv$/i.test(name) ? '\t' : ',';
  return { how: 'table', delimiter, format };
}

async function takeHead(texts: AsyncIterator<string>): Promise<{ head: string; isWhole: boolean }> {
  let head = '';
  while (head.length < headChars) {
    const next = await texts.next();
    if (next.done === true) return { head, isWhole: true };
    head += next.value;
  }
  return { head, isWhole: false };
}

async function* rejoined(head: string, isWhole: boolean, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (head !== '') yield head;
  if (isWhole) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
