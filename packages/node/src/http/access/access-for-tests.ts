import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { auditSchema, openAuditBook } from '../../audit/index.ts';
import { openStore } from '../../store/index.ts';
import { accessSchema, makeOperator, openAccess, redeemLink } from './index.ts';

/** A command on the data folder, and somebody who is signed in. */
export const command = { by: 'operator', via: 'command', address: '' };
export const personally = (by: string) => ({ by, via: 'session', address: '192.0.2.1' });

/** Access on a store of its own, with a clock that stands still. */
export async function openTestAccess(context: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-access-'));
  let now = Date.UTC(2026, 5, 1);
  const clock = () => now;
  const store = await openStore({ dir, schemas: [accessSchema, auditSchema] }, { clock });
  context.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const audit = openAuditBook(store, { clock });
  const deps = { store, clock, randomBytes, audit };
  const access = openAccess(deps);
  const from = { way: 'link', address: '192.0.2.1', agent: 'a browser', before: undefined } as const;
  const open = async (identify: Parameters<typeof access.sessions.open>[0], before?: string) => {
    const opened = await access.sessions.open(identify, { ...from, before });
    if (opened !== undefined && 'error' in opened) throw opened.error;
    return opened;
  };
  const signInOperator = async () => {
    const opened = await open((db, nowUs) => {
      makeOperator(db, nowUs);
      return 'operator';
    });
    return opened!;
  };
  const redeem = (secret: string, before?: string) => open((db, nowUs) => redeemLink(db, secret, nowUs), before);
  /** Somebody who was invited and came. */
  const comeIn = async (name: string, role: Parameters<typeof access.accounts.invite>[0]['role']) =>
    (await redeem((await access.accounts.invite({ name, role }, 3_600_000, command)).secret))!;
  const acts = () => audit.list({}, { limit: 500 }).map(({ act, by, about }) => `${act} ${about} by ${by}`);
  return { dir, store, deps, access, signInOperator, redeem, comeIn, acts, pass: (ms: number) => (now += ms) };
}
