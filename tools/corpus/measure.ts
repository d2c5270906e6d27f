import { ComityError } from '@comity/protocol/base';
import { openInput } from '@comity/screen';
import { readIntelligence } from '../../packages/node/src/connectors/index.ts';
import type { Item, ReadOptions } from '../../packages/node/src/connectors/index.ts';

/** What reading some files came to: `documents`, `rejected`, `value domain`, `value ipv4 with port`, `object indicator` … */
export interface Measured {
  readonly counts: ReadonlyMap<string, number>;
  /** Distinct normal forms read, for comparing two forms of one feed. */
  readonly values: ReadonlySet<string>;
  /** Documents for which not even a refusal came, or that threw: there must be none. */
  readonly crashes: readonly string[];
}

/**
 * Reads every file below a path as intelligence.
 *
 * @param keep - which files, by name; all unless given.
 */
export async function measure(
  path: string,
  keep: (name: string) => boolean,
  options: ReadOptions = {},
): Promise<Measured> {
  const counts = new Map<string, number>();
  const values = new Set<string>();
  const crashes: string[] = [];
  const count = (key: string, by = 1): void => void counts.set(key, (counts.get(key) ?? 0) + by);
  for await (const input of openInput(path)) {
    if (!keep(input.name)) continue;
    count('documents');
    let items = 0;
    try {
      for await (const item of readIntelligence(input, options)) {
        items += 1;
        for (const key of keysOf(item)) count(key);
        if (item.kind === 'value') values.add(`${item.value.kind} ${item.value.value}`);
      }
    } catch (error) {
      if (!(error instanceof ComityError)) crashes.push(`${input.name}: ${String(error)}`);
      else crashes.push(`${input.name}: threw ${error.code}: ${error.message}`);
    }
    if (items === 0) crashes.push(`${input.name}: nothing was said about it`);
  }
  return { counts, values, crashes };
}

function keysOf(item: Item): string[] {
  if (item.kind === 'value') {
    return ['values', `value ${item.value.kind}${item.value.port === undefined ? '' : ' with port'}`];
  }
  if (item.kind === 'object') {
    return ['objects', `object ${item.object.type}`, ...mispTypes(item.object.value['labels'])];
  }
  if (item.kind === 'rejected') return ['rejected', `rejected ${item.error.code}`];
  return item.kind === 'format' ? [`format ${item.format}`] : [];
}

/** The MISP type an object was made from stands on it as a label. */
function mispTypes(labels: unknown): string[] {
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((label) => {
    const type = typeof label === 'string' ? /^misp:type="(.*)"$/.exec(label)?.[1] : undefined;
    return type === undefined ? [] : [`attribute ${type}`];
  });
}
