import type { NoteSigner, SignatureKind } from '@comity/protocol/tlog';
import type { KeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import type { SimCrypto } from './stand-in-crypto.ts';

/** A member's keys for its ledger and as a witness. They outlive it: no backup brings an older one back. */
export function createKeyBox({ signerOf }: SimCrypto, kinds: readonly SignatureKind[], word: string): KeyRing {
  const boxes = new Map<string, NoteSigner[]>();
  const roles: { readonly role: string; readonly name: string }[] = [];
  const signersOf = (name: string): readonly NoteSigner[] => boxes.get(name) ?? [];
  return {
    signers: signersOf,
    keys: (name) => signersOf(name).map(({ key }) => key),
    everyKey: (name) => signersOf(name).map(({ key }) => key),
    nameOf: (role) => roles.findLast((each) => each.role === role)?.name,
    add(name, role) {
      const wanted = kinds.filter((kind) => kind !== (role === 'log' ? 'cosignature-ed25519' : 'note'));
      boxes.set(
        name,
        wanted.map((kind) => signerOf(name, kind, word)),
      );
      roles.push({ role, name });
      return Promise.resolve();
    },
    retireOld: () => Promise.resolve(0),
  };
}
