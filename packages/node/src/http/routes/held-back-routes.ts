import { ComityError, limits, parseUtf8, quote } from '@comity/protocol/base';
import { parseWarninglist } from '@comity/protocol/misp';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import type { Intel } from '../../intel/index.ts';
import type { Handlers } from '../handler.ts';
import { heldBackView, knownGoodView } from '../views/import-view.ts';
import { optional } from '../views/instants.ts';

type HeldBackRoutes = Pick<
  Handlers,
  'listHeldBack' | 'release' | 'unrelease' | 'listKnownGood' | 'addKnownGood' | 'deleteKnownGood'
>;

/** The largest list of MISP's collection has some 25 MB. */
const listBytesMax = Math.min(limits.jsonDocumentBytesMax, 64 * 1024 * 1024);

export function heldBackRoutes({
  intel,
  stop,
}: {
  readonly intel: Pick<Intel, 'heldBack' | 'release' | 'unrelease' | 'knownGood'>;
  /** Aborts when the node closes: values that are still to be judged by a list wait for the next start. */
  readonly stop: AbortSignal;
}): HeldBackRoutes {
  return {
    async listHeldBack({ query }) {
      const { text, list, cursor, limit } = query;
      const page = await intel.heldBack({
        ...optional('text', text),
        ...optional('list', list),
        ...optional('cursor', cursor),
        limit,
      });
      return { rows: page.values.map(heldBackView), ...optional('next', page.cursor) };
    },
    async release({ body, caller }) {
      const { values, unreadable } = readValues(body.values);
      const released = await intel.release({ values }, body.reason, caller.name);
      const done = new Set(released.map(keyOf));
      const unknown = values.filter((value) => !done.has(keyOf(value))).map((value) => value.value);
      return { released: released.length, unknown: [...unreadable, ...unknown] };
    },
    async unrelease({ body }) {
      const heldBack = await intel.unrelease(readValues(body.values).values);
      return { heldBack: heldBack.length };
    },
    async listKnownGood() {
      return { rows: (await intel.knownGood.lists()).map(knownGoodView) };
    },
    async addKnownGood({ query, body }) {
      const list = parseWarninglist(parseUtf8(await wholeBytes(body, query.name), query.name), query.name);
      const { heldBack } = await intel.knownGood.load(list, stop);
      const loaded = (await intel.knownGood.lists()).find((one) => one.name === list.name);
      if (loaded === undefined)
        throw new ComityError('CONFLICT', `Cannot show ${quote(list.name)}: it was removed meanwhile`);
      return { ...knownGoodView(loaded), nowHeldBack: heldBack };
    },
    async deleteKnownGood({ params }) {
      const list = (await intel.knownGood.lists()).find((one) => one.name === params.id);
      if (list === undefined) throw new ComityError('NOT_FOUND', `Cannot find the list ${quote(params.id)}`);
      if (list.builtIn) throw new ComityError('CONFLICT', `Cannot remove ${quote(list.name)}: it is built in`);
      await intel.knownGood.remove(list.id, stop);
    },
  };
}

/** Values as typed; what is no value cannot be held back either and is answered as unknown. */
function readValues(texts: readonly string[]): { values: ListedValue[]; unreadable: string[] } {
  const values: ListedValue[] = [];
  const unreadable: string[] = [];
  for (const text of texts) {
    const value = recogniseValue(text, { anySuffix: true });
    if (value === undefined) unreadable.push(text);
    else values.push(value);
  }
  return { values, unreadable };
}

function keyOf({ kind, value }: ListedValue): string {
  return `${kind} ${value}`;
}

async function wholeBytes(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > listBytesMax)
      throw new ComityError('INPUT_TOO_LARGE', `Cannot take ${quote(name)}: more than ${listBytesMax} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
