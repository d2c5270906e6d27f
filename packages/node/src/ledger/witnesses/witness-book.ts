import { ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { isQuorum, makePolicy, printVerifierKey, quorumOf, signatureKinds } from '@comity/protocol/tlog';
import type { Policy, TlogCrypto, VerifierKey } from '@comity/protocol/tlog';
import type { Connection, Store } from '../../store/index.ts';
import { createKeyReader } from '../keys/key-reader.ts';

/** Somebody who witnesses our log, from one time to another. */
export interface Witness {
  readonly id: number;
  /** What people and policies call it. */
  readonly name: string;
  /** Where `add-checkpoint` is below, without a slash at the end. */
  readonly url: string;
  /** Where its checkpoints are below, without a slash at the end. */
  readonly monitoringUrl: string;
  /** Of kinds 04 and 06: any of them is its word. */
  readonly keys: readonly VerifierKey[];
  readonly allowPrivate: boolean;
  /** It witnesses as a member does, and so no longer than it is one. Otherwise a person named it. */
  readonly isOfMember: boolean;
  readonly addedUs: number;
  /** Undefined while it witnesses. */
  readonly removedUs: number | undefined;
}

/** What is told of a new witness. Keys are text: `name+id+base64`. */
interface WitnessEntry {
  readonly name: string;
  readonly url: string;
  readonly monitoringUrl?: string | undefined;
  readonly keys: readonly string[];
  readonly allowPrivate?: boolean;
  readonly isOfMember?: boolean;
}

/** Whose word a checkpoint of ours needs, from a time on. */
export interface PolicyEpoch {
  readonly fromUs: number;
  readonly witnesses: readonly Witness[];
  /** How many of them. */
  readonly quorum: number;
}

/** Who witnesses this node's log, now and in former times: proofs stay valid under what held when they were made. */
export interface WitnessBook {
  /** Those that witness now, by name. */
  list(): readonly Witness[];
  /** The set that holds now. */
  epoch(): PolicyEpoch;
  /** Every set of witnesses there was, the oldest first. */
  epochs(): readonly PolicyEpoch[];
  /** Every key anybody has ever witnessed with. */
  everyKey(): readonly VerifierKey[];
  /**
   * Adds a witness. One of the same name is replaced: that is how its keys change.
   *
   * @throws {ComityError} `LEDGER_MALFORMED` for what is no key, `ARGUMENT_INVALID` for what no witness can have.
   */
  add(entry: WitnessEntry): Promise<Witness>;
  /** @throws {ComityError} `NOT_FOUND`. */
  remove(name: string): Promise<void>;
  /** Fixes how many must cosign; undefined leaves it to the number of witnesses. @throws {ComityError} `ARGUMENT_INVALID`. */
  setQuorum(quorum: number | undefined): Promise<void>;
}

interface WitnessRow {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly monitoring_url: string;
  readonly verifier_keys: string;
  readonly allow_private: number;
  readonly of_member: number;
  readonly added_us: number;
  readonly removed_us: number | null;
}

const witnessesMax = 64;
const keysMax = 8;
const nameForm = /^[^\s+]{1,100}$/u;
const reservedNames: ReadonlySet<string> = new Set(['all', 'any', 'none']);

export function openWitnessBook(
  store: Pick<Store, 'reader' | 'write'>,
  deps: {
    readonly clock: Clock;
    readonly crypto: TlogCrypto;
    /** Told when the set is another. */ readonly onChange: () => void;
  },
): WitnessBook {
  const { clock } = deps;
  const readKey = createKeyReader(deps.crypto);
  const every = (): Witness[] =>
    store.reader
      .prepare<WitnessRow>(
        `select id, name, url, monitoring_url, verifier_keys, allow_private, of_member, added_us, removed_us
         from ledger_witness order by name, id`,
      )
      .all()
      .map((row) => witnessOf(row, readKey));
  const quorums = (): { since_us: number; quorum: number | null }[] =>
    store.reader
      .prepare<{ since_us: number; quorum: number | null }>(
        'select since_us, quorum from ledger_quorum order by since_us',
      )
      .all();

  const epochAt = (fromUs: number): PolicyEpoch => {
    const witnesses = every().filter(
      ({ addedUs, removedUs = Number.MAX_SAFE_INTEGER }) => addedUs <= fromUs && fromUs < removedUs,
    );
    const fixed = quorums().findLast(({ since_us }) => since_us <= fromUs)?.quorum ?? undefined;
    return { fromUs, witnesses, quorum: Math.min(fixed ?? quorumFor(witnesses.length), witnesses.length) };
  };
  const now = (): PolicyEpoch => epochAt(Number.MAX_SAFE_INTEGER - 1);

  /** Times are distinct, so that an epoch has a beginning: the next is later than all before. */
  const nextUs = (db: Connection): number => {
    const { last } = db
      .prepare<{ last: number | null }>(
        `select max(us) as last from (select max(added_us) as us from ledger_witness
           union all select max(removed_us) from ledger_witness union all select max(since_us) from ledger_quorum)`,
      )
      .get() ?? { last: null };
    return Math.max(clock() * 1000, (last ?? 0) + 1);
  };

  return {
    list: () => now().witnesses,
    epoch: now,
    epochs() {
      const times = new Set([
        ...every().flatMap(({ addedUs, removedUs }) => [addedUs, ...(removedUs === undefined ? [] : [removedUs])]),
        ...quorums().map(({ since_us }) => since_us),
      ]);
      return [...times].toSorted((one, other) => one - other).map(epochAt);
    },
    everyKey: () => [
      ...new Map(every().flatMap(({ keys }) => keys.map((key) => [printVerifierKey(key), key] as const))).values(),
    ],
    async add(entry) {
      const keys = entry.keys.map(readKey);
      assertWitness(entry, keys);
      const others = now().witnesses.filter(({ name }) => name !== entry.name);
      if (others.length >= witnessesMax) throw invalid(entry.name, `there are ${witnessesMax} witnesses`);
      const used = new Set(others.flatMap((other) => other.keys.map(publicKeyText)));
      if (keys.some((key) => used.has(publicKeyText(key)))) throw invalid(entry.name, 'another witness has its key');
      const url = withoutSlash(entry.url);
      await store.write((db) => {
        const us = nextUs(db);
        db.prepare('update ledger_witness set removed_us = ? where name = ? and removed_us is null').run(
          us,
          entry.name,
        );
        db.prepare(
          `insert into ledger_witness (name, url, monitoring_url, verifier_keys, allow_private, of_member, added_us)
           values (?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          entry.name,
          url,
          withoutSlash(entry.monitoringUrl ?? url),
          JSON.stringify(keys.map(printVerifierKey)),
          Number(entry.allowPrivate ?? false),
          Number(entry.isOfMember ?? false),
          us,
        );
      });
      deps.onChange();
      return now().witnesses.find(({ name }) => name === entry.name)!;
    },
    async remove(name) {
      const { changes } = await store.write((db) =>
        db
          .prepare('update ledger_witness set removed_us = ? where name = ? and removed_us is null')
          .run(nextUs(db), name),
      );
      if (changes === 0) throw new ComityError('NOT_FOUND', `Cannot find the witness ${quote(name)}`);
      deps.onChange();
    },
    async setQuorum(quorum) {
      const isOne = quorum === undefined || (Number.isSafeInteger(quorum) && quorum >= 0 && quorum <= witnessesMax);
      if (!isOne) throw new ComityError('ARGUMENT_INVALID', `Cannot ask for ${quorum} witnesses: 0 to ${witnessesMax}`);
      await store.write((db) =>
        db.prepare('insert into ledger_quorum (since_us, quorum) values (?, ?)').run(nextUs(db), quorum ?? null),
      );
      deps.onChange();
    },
  };
}

/** Whom a reader trusts of a log with these keys, under one epoch. */
export function policyOfEpoch(logKeys: readonly VerifierKey[], { witnesses, quorum }: PolicyEpoch): Policy {
  return makePolicy(
    logKeys,
    witnesses.map(({ name, keys, url }) => ({ name, keys, url })),
    quorum,
  );
}

/** Whether so many witnesses of an epoch are a quorum, given the keys that cosigned. */
export function isEpochQuorum(epoch: PolicyEpoch, keys: readonly VerifierKey[]): boolean {
  return isQuorum(policyOfEpoch([], epoch), keys);
}

/** As many as make two views impossible while no more collude than a set of that size bears: N ≥ 3f+1. */
function quorumFor(count: number): number {
  return count === 0 ? 0 : quorumOf(count, Math.floor((count - 1) / 3));
}

function assertWitness({ name, url, monitoringUrl = url }: WitnessEntry, keys: readonly VerifierKey[]): void {
  if (!nameForm.test(name) || reservedNames.has(name))
    throw invalid(name, 'its name has white space, "+" or a meaning');
  if (keys.length === 0 || keys.length > keysMax) throw invalid(name, `it has ${keys.length} keys, 1 to ${keysMax}`);
  if (keys.some(({ kind }) => !signatureKinds[kind].isTimed))
    throw invalid(name, 'a witness signs with keys of type 04 and 06');
  for (const each of [url, monitoringUrl])
    if (!/^https?:$/.test(URL.parse(each)?.protocol ?? ''))
      throw invalid(name, `${quote(each)} is no http or https URL`);
}

function witnessOf(row: WitnessRow, readKey: (text: string) => VerifierKey): Witness {
  const keys = JSON.parse(row.verifier_keys) as string[];
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    monitoringUrl: row.monitoring_url,
    keys: keys.map(readKey),
    allowPrivate: row.allow_private === 1,
    isOfMember: row.of_member === 1,
    addedUs: row.added_us,
    removedUs: row.removed_us ?? undefined,
  };
}

function publicKeyText({ publicKey }: VerifierKey): string {
  return Buffer.from(publicKey).toString('base64');
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function invalid(name: string, why: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot add the witness ${quote(name)}: ${why}`);
}
