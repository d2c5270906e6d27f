import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { auditSchema, openAuditBook } from '../audit/index.ts';
import type { AuditBook } from '../audit/index.ts';
import { openSharing, sharingSchema } from '../sharing/index.ts';
import { openStore } from '../store/index.ts';
import { withAudit } from './audited.ts';
import type { Handlers } from './handler.ts';

/** Groups of recipients on a real store, with an audit trail that may fail. */
async function openGroups(context: TestContext, failing?: Pick<AuditBook, 'append'>) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-audited-'));
  const clock = () => Date.UTC(2026, 5, 1);
  const store = await openStore({ dir, schemas: [sharingSchema, auditSchema] }, { clock });
  const audit = openAuditBook(store, { clock });
  const none = () => undefined;
  const sharing = openSharing(store, { clock, findMarking: none, findObject: none, hopsLeftOf: none, onFault: none });
  const { recipients } = sharing;
  context.after(async () => {
    await sharing.close();
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const handlers = {
    saveRecipientGroup: async ({ body }) => {
      await recipients.saveGroup(body);
      return body;
    },
    exportAudit: () => {
      throw new Error('refused');
    },
  } as Pick<Handlers, 'saveRecipientGroup' | 'exportAudit'> as Handlers;
  const { saveRecipientGroup, exportAudit } = withAudit(handlers, { store, audit: failing ?? audit });
  const actor = { by: 'ada', via: 'session', address: '' };
  const save = async (members: string[]) =>
    await saveRecipientGroup({ actor, body: { id: 'energy', name: 'Energy', members } } as never);
  const acts = () => audit.list({}, { limit: 10 }).map(({ act, about, by }) => `${act} ${about} by ${by}`);
  return { recipients, save, acts, handOut: async () => await exportAudit({ actor, query: {} } as never) };
}

test('an act and its row in the audit trail commit in one transaction: both are there', async (context) => {
  const { recipients, save, acts } = await openGroups(context);
  await save([]);
  assert.equal(recipients.groups().length, 1);
  assert.deepEqual(acts(), ['group.saved energy by ada']);
});

test('an act that fails has no row, nor has a file that is refused', async (context) => {
  const { save, acts, handOut } = await openGroups(context);
  await assert.rejects(save(['client:nobody']), { code: 'NOT_FOUND' });
  await assert.rejects(handOut(), /refused/);
  assert.deepEqual(acts(), []);
});

test('an act whose row cannot be written is not done', async (context) => {
  const { recipients, save, acts } = await openGroups(context, {
    append: () => {
      throw new Error('no row');
    },
  });
  await assert.rejects(save([]), /no row/);
  assert.deepEqual([recipients.groups(), acts()], [[], []]);
});
