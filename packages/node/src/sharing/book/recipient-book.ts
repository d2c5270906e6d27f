import { ComityError, quote } from '@comity/protocol/base';
import { recipientKinds } from '@comity/protocol/sharing';
import type { Channel, RecipientFacets } from '@comity/protocol/sharing';
import type { Connection, Store } from '../../store/index.ts';
import type { Recipient, RecipientBook, RecipientGroup } from '../sharing.ts';

/** Bounds of what a person enters; all of them are read into memory. */
const recipientsMax = 10_000;
const groupsMax = 1000;
const nameCharsMax = 200;

const always: readonly Recipient[] = [
  { key: 'owner', kind: 'owner', name: 'This member', sector: '', country: '', groups: [], tokenId: undefined },
  { key: 'public', kind: 'public', name: 'Anybody', sector: '', country: '', groups: [], tokenId: undefined },
];

interface RecipientRow {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly sector: string;
  readonly country: string;
  readonly token_id: string | null;
}

interface Read {
  readonly byKey: ReadonlyMap<string, Recipient>;
  readonly byToken: ReadonlyMap<string, Recipient>;
  readonly groups: readonly RecipientGroup[];
}

/** Opens the book: read into memory once, and again after each change of it. */
export function openRecipientBook(store: Pick<Store, 'reader' | 'write'>): RecipientBook {
  let read: Read | undefined;
  const now = (): Read => (read ??= readAll(store.reader));
  const change = async (fn: (db: Connection) => void): Promise<void> => {
    await store.write(fn);
    read = undefined;
  };
  return {
    list: () => [...now().byKey.values()],
    find: (key) => now().byKey.get(key),
    get(key) {
      const found = now().byKey.get(key);
      if (found === undefined) throw notFound('recipient', key);
      return found;
    },
    findByToken: (tokenId) => now().byToken.get(tokenId),
    edition: now,
    async save(recipient) {
      assertRecipient(recipient);
      const other = recipient.tokenId === undefined ? undefined : now().byToken.get(recipient.tokenId);
      if (other !== undefined && other.key !== recipient.key)
        throw new ComityError(
          'CONFLICT',
          `Cannot give ${quote(recipient.key)} that token: it is of ${quote(other.key)}`,
        );
      if (!now().byKey.has(recipient.key) && now().byKey.size >= recipientsMax)
        throw new ComityError('CONFLICT', `Cannot add a recipient: there are ${recipientsMax}`);
      const { key, kind, name, sector, country, tokenId } = recipient;
      await change((db) =>
        db
          .prepare(
            `insert into sharing_recipient values (?, ?, ?, ?, ?, ?) on conflict (key) do update set
               name = excluded.name, sector = excluded.sector, country = excluded.country, token_id = excluded.token_id`,
          )
          .run(key, kind, name, sector, country, tokenId ?? null),
      );
    },
    async remove(key) {
      if (!now().byKey.has(key) || always.some((each) => each.key === key)) throw notFound('recipient', key);
      await change((db) => {
        db.prepare('delete from sharing_recipient where key = ?').run(key);
        db.prepare('delete from sharing_member where recipient = ?').run(key);
      });
    },
    groups: () => now().groups,
    async saveGroup(group) {
      const members = [...new Set(group.members)];
      assertGroup(group, now());
      for (const key of members) if (!now().byKey.has(key)) throw notFound('recipient', key);
      await change((db) => {
        db.prepare('insert or replace into sharing_group values (?, ?)').run(group.id, group.name);
        db.prepare('delete from sharing_member where group_id = ?').run(group.id);
        const add = db.prepare('insert into sharing_member values (?, ?)');
        for (const key of members) add.run(group.id, key);
      });
    },
    async removeGroup(id) {
      if (!now().groups.some((group) => group.id === id)) throw notFound('group', id);
      await change((db) => {
        db.prepare('delete from sharing_group where id = ?').run(id);
        db.prepare('delete from sharing_member where group_id = ?').run(id);
      });
    },
  };
}

/** What a decision knows of a recipient. */
export function recipientFacets(recipient: Recipient, channel: Channel): RecipientFacets {
  const { key, kind, groups, sector, country } = recipient;
  return { key, kind, groups, sector, country, channel };
}

function readAll(db: Connection): Read {
  const memberships = db
    .prepare<{ group_id: string; recipient: string }>('select * from sharing_member order by group_id, recipient')
    .all();
  const groupsOf = Map.groupBy(memberships, (row) => row.recipient);
  const membersOf = Map.groupBy(memberships, (row) => row.group_id);
  const entered = db
    .prepare<RecipientRow>('select * from sharing_recipient order by key')
    .all()
    .flatMap((row): Recipient[] => {
      const kind = recipientKinds.find((each) => each === row.kind);
      if (kind === undefined) return [];
      const groups = (groupsOf.get(row.key) ?? []).map((each) => each.group_id);
      const { key, name, sector, country } = row;
      return [{ key, kind, name, sector, country, groups, tokenId: row.token_id ?? undefined }];
    });
  const all = [...always.map((each) => withGroups(each, groupsOf.get(each.key) ?? [])), ...entered];
  return {
    byKey: new Map(all.map((each) => [each.key, each])),
    byToken: new Map(all.flatMap((each) => (each.tokenId === undefined ? [] : [[each.tokenId, each] as const]))),
    groups: db
      .prepare<{ id: string; name: string }>('select * from sharing_group order by id')
      .all()
      .map(({ id, name }) => ({ id, name, members: (membersOf.get(id) ?? []).map((each) => each.recipient) })),
  };
}

function withGroups(recipient: Recipient, rows: readonly { readonly group_id: string }[]): Recipient {
  return { ...recipient, groups: rows.map((row) => row.group_id) };
}

function assertRecipient({ key, kind, name, sector, country }: Omit<Recipient, 'groups'>): void {
  const [prefix = '', own = ''] = key.split(':', 2);
  const isOwn = /^[a-z0-9][a-z0-9.-]{0,63}$/.test(own) && key === `${prefix}:${own}`;
  if (!isOwn || prefix !== kind || kind === 'owner' || kind === 'public')
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use the key ${quote(key)}: write client:, member:, organisation: or person: and a name of small letters, digits, dots and hyphens`,
    );
  if (name.trim() === '' || name.length > nameCharsMax || sector.length > nameCharsMax)
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use a name or sector of ${quote(key)}: 1 to ${nameCharsMax} characters`,
    );
  if (!/^(?:[A-Z]{2})?$/.test(country))
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use the country ${quote(country)}: two capital letters (ISO 3166-1)`,
    );
}

function assertGroup({ id, name }: RecipientGroup, { groups }: Read): void {
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(id))
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use the group ${quote(id)}: small letters, digits, dots and hyphens`,
    );
  if (name.trim() === '' || name.length > nameCharsMax)
    throw new ComityError('ARGUMENT_INVALID', `Cannot use the name of ${quote(id)}: 1 to ${nameCharsMax} characters`);
  if (groups.length >= groupsMax && !groups.some((group) => group.id === id))
    throw new ComityError('CONFLICT', `Cannot add a group: there are ${groupsMax}`);
}

function notFound(what: string, id: string): ComityError {
  return new ComityError('NOT_FOUND', `Cannot find the ${what} ${quote(id)}`);
}
