import { ComityError } from '@comity/protocol/base';
import type { IdentityProviderView } from '@comity/protocol/api';
import type { Seal } from '../../store/index.ts';
import { parseRole } from './account-book.ts';
import type { AccessDeps } from './deps.ts';

/** The identity provider people sign in by, as it is set up. */
export interface IdentityProvider extends IdentityProviderView {
  /** Another for each change. */
  readonly changedUs: number;
}

/** The one identity provider of a node, if it has one. */
export interface ProviderBook {
  find(): IdentityProvider | undefined;
  /** What this node proves itself by to it. @throws {ComityError} `CONFLICT` when another key sealed it. */
  secretOf(provider: Pick<IdentityProvider, 'issuer' | 'clientId'>): string;
  /** The secret that is kept for an issuer and a client; undefined: none for these two. @throws {ComityError} as {@link secretOf}. */
  keptSecret(provider: Pick<IdentityProvider, 'issuer' | 'clientId'>): string | undefined;
  /** In place of the one there is. Sessions, accounts and whom they are bound to stay. */
  save(provider: IdentityProviderView, secret: string): Promise<void>;
  /** Sessions, accounts and whom they are bound to stay. @throws {ComityError} `NOT_FOUND` when there is none. */
  remove(): Promise<void>;
}

interface ProviderRow {
  readonly issuer: string;
  readonly client_id: string;
  readonly sealed_secret: Uint8Array;
  readonly settings: string;
  readonly changed_us: number;
}

export function openProviderBook(deps: Pick<AccessDeps, 'store' | 'clock'> & { readonly seal: Seal }): ProviderBook {
  const { store, clock, seal } = deps;
  const row = (): ProviderRow | undefined => store.reader.prepare<ProviderRow>('select * from access_provider').get();
  const keptSecret: ProviderBook['keptSecret'] = ({ issuer, clientId }) => {
    const kept = row();
    if (kept?.issuer !== issuer || kept.client_id !== clientId) return undefined;
    const secret = seal.unseal(kept.sealed_secret, ownerOf(issuer, clientId));
    if (secret !== undefined) return secret;
    throw new ComityError(
      'CONFLICT',
      'Cannot read the secret for the identity provider: comity.key in the data folder is not the key it was sealed with. Put that file back, or enter the secret again',
    );
  };
  return {
    find() {
      const kept = row();
      return kept && providerOf(kept);
    },
    keptSecret,
    secretOf(provider) {
      const secret = keptSecret(provider);
      if (secret === undefined) throw noProvider();
      return secret;
    },
    async save({ issuer, clientId, ...settings }, secret) {
      const sealed = seal.seal(secret, ownerOf(issuer, clientId));
      await store.write((db) => {
        // Later than the change before, whatever the clock says: what was begun under that one is void.
        const changedUs = Math.max(Math.floor(clock() * 1000), (row()?.changed_us ?? 0) + 1);
        db.prepare('insert or replace into access_provider values (1, ?, ?, ?, ?, ?)').run(
          issuer,
          clientId,
          sealed,
          JSON.stringify(settings),
          changedUs,
        );
      });
    },
    remove: () =>
      store.write((db) => {
        if (db.prepare('delete from access_provider').run().changes === 0) throw noProvider();
      }),
  };
}

function noProvider(): ComityError {
  return new ComityError('NOT_FOUND', 'Cannot find the identity provider: none is set up');
}

/** Whose secret it is: one issuer and one client, so that it opens for no other. */
function ownerOf(issuer: string, clientId: string): string {
  return `identity provider ${JSON.stringify([issuer, clientId])}`;
}

function providerOf({ issuer, client_id: clientId, settings, changed_us: changedUs }: ProviderRow): IdentityProvider {
  const kept = JSON.parse(settings) as Omit<IdentityProviderView, 'issuer' | 'clientId'>;
  const roles = kept.roles.map(({ value, role }) => ({ value, role: parseRole(role) }));
  return { ...kept, roles, issuer, clientId, changedUs };
}
