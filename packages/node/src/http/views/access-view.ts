import { timestampOfUs } from '@comity/protocol/base';
import type { AccountView, AuditRowView, Session as SignedIn, SessionView, TokenView } from '@comity/protocol/api';
import type { AuditRow } from '../../audit/index.ts';
import type { Account, BoundCertificate, Caller, Session, Token } from '../access/index.ts';
import { instantOfMs, optional, optionalInstant } from './instants.ts';

export function callerView({ name, role, scopes, expiresAtMs }: Caller): SignedIn {
  return {
    name,
    ...optional('role', role),
    scopes: [...scopes],
    ...(expiresAtMs !== undefined && { expiresAt: instantOfMs(expiresAtMs) }),
  };
}

/** @param certificates - Those that stand for it. */
export function tokenView(token: Token, certificates: readonly BoundCertificate[]): TokenView {
  const { id, name, scopes, madeBy, createdUs, expiresUs, lastUsedUs, needsCertificate } = token;
  return {
    id,
    name,
    scopes: [...scopes],
    madeBy,
    createdAt: timestampOfUs(createdUs),
    ...optionalInstant('expiresAt', expiresUs),
    ...optionalInstant('lastUsedAt', lastUsedUs),
    certificates: certificates.map(({ sha256, subject, validFromMs, validToMs }) => ({
      sha256,
      subject,
      validFrom: instantOfMs(validFromMs),
      validTo: instantOfMs(validToMs),
    })),
    needsCertificate,
  };
}

export function accountView(account: Account): AccountView {
  const { name, role, state, createdUs, createdBy, signedInUs, linkUntilUs, passkeys, issuer, sessions } = account;
  return {
    name,
    role,
    state,
    createdAt: timestampOfUs(createdUs),
    createdBy,
    ...optionalInstant('lastSignInAt', signedInUs),
    ...optionalInstant('linkUntil', linkUntilUs),
    passkeys,
    ...optional('issuer', issuer),
    sessions,
  };
}

/** @param callerId - The session that asks. */
export function sessionView(session: Session, callerId: string | undefined): SessionView {
  const { id, account, way, address, agent, createdUs, usedUs, expiresUs } = session;
  return {
    id,
    account,
    way,
    address,
    agent,
    createdAt: timestampOfUs(createdUs),
    usedAt: timestampOfUs(usedUs),
    expiresAt: timestampOfUs(expiresUs),
    isThis: id === callerId,
  };
}

export function auditRowView({ atUs, details, ...rest }: AuditRow): AuditRowView {
  return { ...rest, at: timestampOfUs(atUs), details: { ...details } };
}
