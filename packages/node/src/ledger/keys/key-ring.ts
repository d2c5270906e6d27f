import { hexOf } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { printVerifierKey } from '@comity/protocol/tlog';
import type { NoteSigner, SignatureKind, TlogCrypto, VerifierKey } from '@comity/protocol/tlog';
import type { Seal, Store } from '../../store/index.ts';
import { createKeyReader } from './key-reader.ts';
import { signerOfSeed } from '../../keys/index.ts';

/** Kinds of the keys somebody signs with under one name: two each, so that one holds when the other is broken. */
const kindsOf = {
  log: ['note', 'cosignature-ml-dsa-44'],
  witness: ['cosignature-ed25519', 'cosignature-ml-dsa-44'],
} as const satisfies Record<string, readonly SignatureKind[]>;

/** What keys are for. A key never has two roles. */
type KeyRole = keyof typeof kindsOf;

/** Keys this node signs with, by the names they have. */
export interface KeyRing {
  /** Those in use; the newest last. Fewer than there are keys when the key file of the folder is not the one they were sealed with. */
  signers(name: string): readonly NoteSigner[];
  /** Those in use, whether they can be opened or not. */
  keys(name: string): readonly VerifierKey[];
  /** Those in use and those that were. */
  everyKey(name: string): readonly VerifierKey[];
  /** Name of the newest keys with a role; undefined when there are none. */
  nameOf(role: KeyRole): string | undefined;
  /** Makes a key of each kind; the ones before stay in use beside it. */
  add(name: string, role: KeyRole): Promise<void>;
  /** Stops signing with all but the newest of each kind. How many were stopped. */
  retireOld(name: string): Promise<number>;
}

export interface KeyRingDeps {
  readonly seal: Seal;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly crypto: TlogCrypto;
  readonly clock: Clock;
}

interface KeyRow {
  readonly id: number;
  readonly verifier_key: string;
  readonly sealed: Uint8Array;
  readonly retired_us: number | null;
}

const seedBytes = 32;

/** The keys in a store whose schemas include `ledgerSchema`. Seeds are sealed and never leave this file. */
export function openKeyRing(store: Pick<Store, 'reader' | 'write'>, deps: KeyRingDeps): KeyRing {
  const { seal, crypto } = deps;
  const readKey = createKeyReader(crypto);
  /** By verifier key: opening and reading one takes longer than signing. */
  const opened = new Map<string, NoteSigner>();

  const rowsOf = (name: string): KeyRow[] =>
    store.reader
      .prepare<KeyRow>('select id, verifier_key, sealed, retired_us from ledger_key where name = ? order by id')
      .all(name);
  const inUse = (name: string): KeyRow[] => rowsOf(name).filter((row) => row.retired_us === null);
  const keyOf = (row: KeyRow): VerifierKey => readKey(row.verifier_key);

  const signerOf = ({ verifier_key: text, sealed }: KeyRow): NoteSigner | undefined => {
    const known = opened.get(text);
    if (known !== undefined) return known;
    const seed = seal.unseal(sealed, ownerOf(text));
    if (seed === undefined) return undefined;
    const { name, kind } = readKey(text);
    const signer = signerOfSeed(name, kind, Buffer.from(seed, 'hex'), crypto);
    opened.set(text, signer);
    return signer;
  };

  return {
    signers: (name) => inUse(name).flatMap((row) => signerOf(row) ?? []),
    keys: (name) => inUse(name).map(keyOf),
    everyKey: (name) => rowsOf(name).map(keyOf),
    nameOf: (role) =>
      store.reader
        .prepare<{ name: string }>('select name from ledger_key where role = ? order by id desc limit 1')
        .get(role)?.name,
    async add(name, role) {
      const made = kindsOf[role].map((kind) => {
        const seed = deps.randomBytes(seedBytes);
        const text = printVerifierKey(signerOfSeed(name, kind, seed, crypto).key);
        return { text, sealed: seal.seal(hexOf(seed), ownerOf(text)) };
      });
      await store.write((db) => {
        const insert = db.prepare(
          'insert into ledger_key (role, name, verifier_key, sealed, made_us) values (?, ?, ?, ?, ?)',
        );
        for (const { text, sealed } of made) insert.run(role, name, text, sealed, deps.clock() * 1000);
      });
    },
    async retireOld(name) {
      const newest = new Map(inUse(name).map((row) => [keyOf(row).kind, row.id]));
      const old = inUse(name).filter(({ id }) => ![...newest.values()].includes(id));
      await store.write((db) => {
        const retire = db.prepare('update ledger_key set retired_us = ? where id = ?');
        for (const { id } of old) retire.run(deps.clock() * 1000, id);
      });
      return old.length;
    },
  };
}

function ownerOf(verifierKey: string): string {
  return `ledger key ${verifierKey}`;
}
