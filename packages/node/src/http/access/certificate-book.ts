import { ComityError, quote } from '@comity/protocol/base';
import type { Scope } from '@comity/protocol/api';
import type { Connection } from '../../store/index.ts';
import { assertMayGive, operatorAccount, parseScopes } from './caller.ts';
import type { Actor, Caller } from './caller.ts';
import { shownDigest } from './certificate.ts';
import type { ClientCertificate } from './certificate.ts';
import type { AccessDeps } from './deps.ts';

/** A certificate that stands for a token. */
export type BoundCertificate = ClientCertificate & { readonly tokenId: string };

/** How a token is bound to a certificate. */
interface Binding {
  readonly tokenId: string;
  readonly certificate: ClientCertificate;
  /** Whether the secret of the token goes on working without one of its certificates; undefined: as it is. */
  readonly isSecretEnough: boolean | undefined;
}

/** Which client certificates stand for which tokens. */
export interface CertificateBook {
  /** Those of a token, or of all; newest first. */
  list(tokenId?: string): readonly BoundCertificate[];
  /**
   * From then on whoever shows the certificate is the token. Only whoever answers for the token may bind one, or a command on the
   * data folder: with the certificate they act as the token's maker.
   *
   * @throws {ComityError} `NOT_FOUND`; `NOT_ALLOWED`; `ARGUMENT_INVALID` when it is over; `CONFLICT` when it is bound to
   *   another token, or the token has as many as it may.
   */
  bind(binding: Binding, caller: Caller, actor: Actor): Promise<void>;
  /** A token that needs one of its certificates and has none left is nobody. @throws {ComityError} `NOT_FOUND`. */
  unbind(tokenId: string, sha256: string, actor: Actor): Promise<void>;
}

/** One in use and some to change to. */
const certificatesMax = 8;

interface CertificateRow {
  readonly sha256: string;
  readonly token: string;
  readonly subject: string;
  readonly valid_from_us: number;
  readonly valid_to_us: number;
}

export function openCertificateBook({ store, audit, clock }: AccessDeps): CertificateBook {
  return {
    list: (tokenId) =>
      store.reader
        .prepare<CertificateRow>(
          'select * from access_certificate where token = coalesce(?, token) order by bound_us desc',
        )
        .all(tokenId ?? null)
        .map(certificateOfRow),
    async bind({ tokenId, certificate, isSecretEnough }, caller, actor) {
      const { sha256, subject, validFromMs, validToMs } = certificate;
      if (clock() >= validToMs)
        throw new ComityError('ARGUMENT_INVALID', `Cannot bind the certificate: it is over since ${dayOf(validToMs)}`);
      await store.write((db) => {
        assertMayBind(db, tokenId, caller);
        assertRoom(db, tokenId, sha256);
        db.prepare(
          `insert into access_certificate (sha256, token, subject, valid_from_us, valid_to_us, bound_us)
           values (?, ?, ?, ?, ?, ?) on conflict do update set bound_us = excluded.bound_us`,
        ).run(sha256, tokenId, subject, validFromMs * 1000, validToMs * 1000, Math.floor(clock() * 1000));
        if (isSecretEnough !== undefined)
          db.prepare('update access_token set needs_certificate = ? where id = ?').run(isSecretEnough ? 0 : 1, tokenId);
        const details = { sha256, subject, ...(isSecretEnough !== undefined && { isSecretEnough }) };
        audit.append(db, { ...actor, act: 'token.bound', about: tokenId, details });
      });
    },
    unbind: (tokenId, sha256, actor) =>
      store.write((db) => {
        const { changes } = db
          .prepare('delete from access_certificate where sha256 = ? and token = ?')
          .run(sha256, tokenId);
        if (changes === 0)
          throw new ComityError(
            'NOT_FOUND',
            `Cannot find the certificate ${quote(sha256)} of the token ${quote(tokenId)}`,
          );
        audit.append(db, { ...actor, act: 'token.unbound', about: tokenId, details: { sha256 } });
      }),
  };
}

function assertMayBind(db: Connection, tokenId: string, caller: Caller): void {
  const token = db
    .prepare<{ scopes: string; made_by: string | null }>('select scopes, made_by from access_token where id = ?')
    .get(tokenId);
  if (token === undefined) throw new ComityError('NOT_FOUND', `Cannot find the token ${quote(tokenId)}`);
  const scopes: readonly Scope[] = parseScopes(token.scopes);
  assertMayGive(caller, scopes);
  const maker = token.made_by ?? operatorAccount;
  const isCommand = caller.tokenId === undefined && caller.sessionId === undefined;
  if (!isCommand && caller.account !== maker)
    throw new ComityError('NOT_ALLOWED', `Cannot bind a certificate to this token: ${quote(maker)} answers for it`);
}

function assertRoom(db: Connection, tokenId: string, sha256: string): void {
  const bound = db.prepare<{ token: string }>('select token from access_certificate where sha256 = ?').get(sha256);
  if (bound?.token === tokenId) return;
  if (bound !== undefined)
    throw new ComityError(
      'CONFLICT',
      `Cannot bind the certificate ${shownDigest(sha256)}: it stands for the token ${quote(bound.token)}`,
    );
  const { count = 0 } =
    db.prepare<{ count: number }>('select count(*) as count from access_certificate where token = ?').get(tokenId) ??
    {};
  if (count >= certificatesMax)
    throw new ComityError('CONFLICT', `Cannot bind another certificate: the token has ${certificatesMax} already`);
}

function certificateOfRow(row: CertificateRow): BoundCertificate {
  const { sha256, token, subject, valid_from_us: fromUs, valid_to_us: toUs } = row;
  return { sha256, tokenId: token, subject, validFromMs: fromUs / 1000, validToMs: toUs / 1000 };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString();
}
