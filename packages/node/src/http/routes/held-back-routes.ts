import { ComityError, limits, parseUtf8, quote } from '@comity/protocol/base';
import { parseWarninglist } from '@comity/protocol/misp';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import type { AuditBook } from '../../audit/index.ts';
import type { Intel } from '../../intel/index.ts';
import type { Connection, Store } from '../../store/index.ts';
import type { Access } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import { heldBackView, knownGoodView } from '../views/import-view.ts';
import { optional } from '../views/instants.ts';

type HeldBackRoutes = Pick<
  Handlers,
  'listHeldBack' | 'release' | 'declineRelease' | 'unrelease' | 'listKnownGood' | 'addKnownGood' | 'deleteKnownGood'
>;

/** The largest list of MISP's collection has some 25 MB. */
const listBytesMax = Math.min(limits.jsonDocumentBytesMax, 64 * 1024 * 1024);

export interface HeldBackRoutesDeps {
  readonly intel: Pick<Intel, 'heldBack' | 'held' | 'release' | 'unrelease' | 'knownGood'>;
  readonly access: Pick<Access, 'accounts' | 'proposals'>;
  readonly store: Pick<Store, 'write' | 'noting'>;
  readonly audit: Pick<AuditBook, 'append'>;
  /** Aborts when the node closes: values that are still to be judged by a list wait for the next start. */
  readonly stop: AbortSignal;
}

export function heldBackRoutes({ intel, access, store, audit, stop }: HeldBackRoutesDeps): HeldBackRoutes {
  const { proposals } = access;
  return {
    async listHeldBack({ query }) {
      const { text, list, cursor, limit } = query;
      const page = await intel.heldBack({
        ...optional('text', text),
        ...optional('list', list),
        ...optional('cursor', cursor),
        limit,
      });
      const proposed = proposals.find(page.values.map((one) => keyOf(one.value)));
      const rows = page.values.map((one) => heldBackView(one, proposed.get(keyOf(one.value))));
      return { rows, ...optional('next', page.cursor) };
    },
    async release({ body: { values: texts, reason }, caller: { account }, actor }) {
      const { values, unreadable } = readValues(texts);
      const held = new Set(intel.held(values).map(keyOf));
      const others = access.accounts.peopleWith('release').filter((name) => name !== account);
      const waiting = proposals.find([...held]);
      const isAgreed = (value: ListedValue): boolean =>
        others.length === 0 || others.includes(waiting.get(keyOf(value))?.by ?? '');
      const asked = values.filter((value) => held.has(keyOf(value)));
      const agreed = asked.filter(isAgreed);
      const proposed = asked.filter((value) => !isAgreed(value));
      /** A row for each, so that each is found by itself. */
      const tell = (db: Connection, act: 'release.proposed' | 'released', of: readonly ListedValue[]): void => {
        for (const value of of) {
          const wanted = act === 'released' ? waiting.get(keyOf(value))?.by : undefined;
          const details = { reason, ...(wanted !== undefined && { proposedBy: wanted }) };
          audit.append(db, { ...actor, act, about: value.value, details });
        }
      };
      if (proposed.length > 0)
        await store.write((db) => {
          proposals.propose(db, proposed.map(keyOf), { by: account, reason });
          tell(db, 'release.proposed', proposed);
        });
      if (agreed.length > 0) {
        const keys = agreed.map(keyOf);
        const proposers = others.length === 0 ? [] : keys.map((key) => waiting.get(key)?.by ?? '');
        const by = [...new Set([...proposers, account])].join(', ');
        const note = (db: Connection): void => {
          proposals.drop(db, keys);
          tell(db, 'released', agreed);
        };
        await store.noting(note, () => intel.release({ values: agreed }, reason, by));
      }
      const unknown = values.filter((value) => !held.has(keyOf(value))).map((value) => value.value);
      return { released: agreed.length, proposed: proposed.length, unknown: [...unreadable, ...unknown] };
    },
    async declineRelease({ body, actor }) {
      const { values } = readValues(body.values);
      const waiting = proposals.find(values.map(keyOf));
      if (waiting.size === 0) return { declined: 0 };
      const declined = await store.write((db) => {
        for (const value of values.filter((one) => waiting.has(keyOf(one))))
          audit.append(db, { ...actor, act: 'release.declined', about: value.value });
        return proposals.drop(db, [...waiting.keys()]);
      });
      return { declined };
    },
    async unrelease({ body, actor }) {
      const heldBack = await intel.unrelease(readValues(body.values).values, (db, taken) => {
        for (const about of new Set(taken.map(({ value }) => value)))
          audit.append(db, { ...actor, act: 'release.taken-back', about });
      });
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

/** Values as typed, each once; what is no value cannot be held back either and is answered as unknown. */
function readValues(texts: readonly string[]): { values: ListedValue[]; unreadable: string[] } {
  const values = new Map<string, ListedValue>();
  const unreadable = new Set<string>();
  for (const text of texts) {
    const value = recogniseValue(text, { anySuffix: true });
    if (value === undefined) unreadable.add(text);
    else values.set(keyOf(value), value);
  }
  return { values: [...values.values()], unreadable: [...unreadable] };
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
