import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { Clock, RowId } from '@comity/protocol/base';
import { shownUrl } from '../connectors/index.ts';
import type { Seal, Store } from '../store/index.ts';
import { waitMsAfter } from './next-try.ts';
import { assertTargetReachable, parseOutletAddress } from './outlet-address.ts';
import { readOutlets } from './outlet-rows.ts';
import type { Outlet, OutletBook, OutletEntry, OutletSecrets } from './outlet.ts';
import { signingKeyBytes, writeSigningKey } from './send/sign-webhook.ts';

/** Each has a batch in memory while it sends. */
const outletsMax = 32;

export interface OutletBookDeps {
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** 0 to 1. */
  readonly random: () => number;
  /** Of the store's data folder. */
  readonly seal: Seal;
}

/** Opens the outlets of a store whose schemas include `outletSchema`. They are few, so each read is of the store. */
export function openOutletBook(store: Pick<Store, 'reader' | 'write'>, deps: OutletBookDeps): OutletBook {
  const now = (): readonly Outlet[] => readOutlets(store.reader);
  const listeners = new Set<(outlet: Outlet) => void>();
  const nowUs = (): number => deps.clock() * 1000;

  const find = (id: string): Outlet | undefined => now().find((each) => each.id === id);
  const get = (id: string): Outlet => {
    const outlet = find(id);
    if (outlet === undefined) throw new ComityError('NOT_FOUND', `Cannot find the outlet ${quote(id)}`);
    return outlet;
  };
  const tell = (id: RowId): void => {
    const outlet = find(id);
    if (outlet !== undefined) for (const listener of listeners) listener(outlet);
  };

  /** Undefined when they were sealed with another key. */
  const unsealed = (id: RowId): OutletSecrets | undefined => {
    const row = store.reader.prepare<{ sealed: Uint8Array }>('select sealed from outlet where id = ?').get(id);
    const text = row && deps.seal.unseal(row.sealed, ownerOf(id));
    return text === undefined ? undefined : (JSON.parse(text) as OutletSecrets);
  };
  const secretsOf = (id: RowId): OutletSecrets => {
    const { name } = get(id);
    const secrets = unsealed(id);
    if (secrets !== undefined) return secrets;
    throw new ComityError(
      'FILE_UNREADABLE',
      `Cannot read the credentials of the outlet ${quote(name)}: comity.key in the data folder is not the key they were sealed with. Put that file back, or give the outlet its address again`,
    );
  };

  /** What is kept of an outlet with its new entry, and the signing key that was made. */
  const secretsAfter = (entry: OutletEntry, id: RowId, old: Outlet | undefined) => {
    const before = old === undefined ? undefined : entry.address === undefined ? secretsOf(id) : unsealed(id);
    const address = entry.address ?? before?.address;
    if (address === undefined) throw invalid('it has no address');
    const target = parseOutletAddress(entry.kind, address);
    assertTargetReachable(target, entry.allowPrivate);
    if (target.kind === 'syslog') {
      if (entry.authorization !== undefined || entry.signingKey !== undefined)
        throw invalid('syslog has no credentials and no signature; tls:// knows its receiver by its certificate');
      return { secrets: { address }, shown: address, made: undefined };
    }
    const kept = entry.address === undefined ? before?.authorization : undefined;
    const authorization = entry.authorization ?? target.authorization ?? kept;
    assertAuthorization(authorization);
    if (entry.signingKey !== undefined && signingKeyBytes(entry.signingKey) === undefined)
      throw invalid('a signing key is whsec_ and 24 to 64 bytes in Base64');
    // It says who sends, so it stays when the receiver moves.
    const known = entry.signingKey ?? before?.signingKey;
    const signingKey = known ?? writeSigningKey(deps.randomBytes(32));
    const secrets: OutletSecrets = {
      address: target.url,
      ...(authorization !== undefined && { authorization }),
      signingKey,
    };
    return { secrets, shown: shownUrl(target.url), made: known === undefined ? signingKey : undefined };
  };

  return {
    list: now,
    find,
    get,
    secretsOf,
    async save(entry, newest) {
      const old = entry.id === undefined ? undefined : get(entry.id);
      if (old !== undefined && old.kind !== entry.kind) throw invalid('a webhook stays a webhook, and syslog syslog');
      if (old === undefined && now().length >= outletsMax)
        throw new ComityError('CONFLICT', `Cannot add an outlet: there are ${outletsMax}`);
      const id = old?.id ?? parseRowId(`outlet-${deps.uuid().replaceAll('-', '')}`);
      const { secrets, shown, made } = secretsAfter(entry, id, old);
      const ca = entry.ca ?? old?.ca ?? '';
      assertCa(ca);
      await store.write((db) =>
        db
          .prepare(
            `insert into outlet (id, name, kind, address, sealed, has_authorization, form, recipient, alarms_only,
               allow_private, enabled, ca, position) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, address = excluded.address, sealed = excluded.sealed,
               has_authorization = excluded.has_authorization, form = excluded.form, recipient = excluded.recipient,
               alarms_only = excluded.alarms_only, allow_private = excluded.allow_private, enabled = excluded.enabled,
               ca = excluded.ca, next_try_us = 0`,
          )
          .run(
            id,
            entry.name,
            entry.kind,
            shown,
            deps.seal.seal(JSON.stringify(secrets), ownerOf(id)),
            Number(secrets.authorization !== undefined),
            entry.form,
            entry.recipient,
            Number(entry.alarmsOnly),
            Number(entry.allowPrivate),
            Number(entry.enabled),
            ca === '' ? null : ca,
            entry.from === 'start' ? 0 : newest,
          ),
      );
      tell(id);
      return { outlet: get(id), signingKey: made };
    },
    async remove(id) {
      const { changes } = await store.write((db) => db.prepare('delete from outlet where id = ?').run(id));
      if (changes === 0) throw new ComityError('NOT_FOUND', `Cannot find the outlet ${quote(id)}`);
    },
    async noteProgress(id, { from, through, sent, withheld, withheldBy }) {
      await store.write((db) => {
        const by = { ...readOutlets(db).find((each) => each.id === id)?.withheldBy };
        for (const [rule, count] of withheldBy) by[rule] = (by[rule] ?? 0) + count;
        db.prepare(
          `update outlet set position = ?, sent = sent + ?, withheld = withheld + ?, withheld_by = ?,
             last_sent_us = case when ? > 0 then ? else last_sent_us end,
             failure_count = 0, failing_since_us = null, last_error = null, next_try_us = 0
           where id = ? and position = ?`,
        ).run(through, sent, withheld, JSON.stringify(by), sent, nowUs(), id, from);
      });
      tell(id);
    },
    async noteFailure(id, reason, retryAfterMs) {
      const failures = (find(id)?.failureCount ?? 0) + 1;
      const nextUs = nowUs() + waitMsAfter(failures, deps.random(), retryAfterMs) * 1000;
      await store.write((db) =>
        db
          .prepare(
            `update outlet set failure_count = ?, failing_since_us = coalesce(failing_since_us, ?), last_error = ?,
               next_try_us = ? where id = ?`,
          )
          .run(failures, nowUs(), reason.slice(0, 500), nextUs, id),
      );
      tell(id);
    },
    noteSwept(db, swept) {
      const add = db.prepare('update outlet set lost = lost + ? where id = ?');
      for (const { id, position, alarmsOnly } of readOutlets(db)) {
        const lost = swept.filter((each) => each.id > position && (each.alarm === 1 || !alarmsOnly)).length;
        if (lost > 0) add.run(lost, id);
      }
    },
    onChange(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
}

function ownerOf(id: string): string {
  return `outlet ${id}`;
}

function assertAuthorization(text: string | undefined): void {
  if (text !== undefined && !/^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/.test(text))
    throw invalid('the header Authorization is one line of ASCII, such as "Bearer …"');
}

function assertCa(text: string): void {
  if (text !== '' && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text))
    throw invalid('its certificates are no PEM');
}

function invalid(why: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot save the outlet: ${why}`);
}
