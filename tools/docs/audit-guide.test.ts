import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { indicatorId, serveMembers, tell } from '../../packages/node/src/http/peer/members-for-tests.ts';
import { until } from '../../packages/node/src/node-for-tests.ts';
import type { ServedNode } from '../../packages/node/src/node-for-tests.ts';
import { examplesOf } from '../face/examples.ts';
import { repositoryDir } from '../source-files.ts';

const page = readFileSync(join(repositoryDir, 'docs/guides/audit-a-ledger.md'), 'utf8');

/** Runs a program beside this one, which serves what it asks for. */
async function run(args: readonly string[]): Promise<{ code: unknown; out: string }> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

test('the script of the guide proves, with the package alone, what a stranger did; and stops at what is false', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'comity-audit-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  symlinkSync(join(repositoryDir, 'node_modules'), join(dir, 'node_modules'));
  const [example] = examplesOf(page);
  assert.ok(example !== undefined);
  const lines = example.code.split('\n').filter((line) => line.trim() !== '');
  assert.ok(lines.length <= 60, `${lines.length} lines are too many to be read`);
  const [script, policyFile, receipts] = ['audit.mjs', 'stranger.policy', 'receipts.ndjson'].map((name) =>
    join(dir, name),
  ) as [string, string, string];
  writeFileSync(script, example.code);

  const [sender, stranger] = (await serveMembers(context, ['Sender', 'Stranger'])) as [ServedNode, ServedNode];
  await tell(sender, 1);
  const rows = async () => (await sender.client.listReceipts({ params: { id: indicatorId(1) } })).rows;
  await until(async () => (await rows()).length > 0, 'the stranger has signed a receipt');
  writeFileSync(receipts, `${JSON.stringify((await rows())[0])}\n`);
  const { policy } = await stranger.client.getLedgerPolicy({ query: {} });
  writeFileSync(policyFile, policy);

  let audited = { code: undefined as unknown, out: '' };
  const isPublished = async () => {
    audited = await run([script, stranger.url, policyFile, receipts]);
    return audited.code === 0;
  };
  await until(isPublished, 'its act is published').catch((error: unknown) => {
    throw new Error(audited.out, { cause: error });
  });
  assert.equal([...audited.out.matchAll(/^yes /gm)].length, 8, audited.out);
  assert.ok(audited.out.endsWith(`${indicatorId(1)} applied\n`), audited.out);

  // Another's node; another sender's act; a receipt that says something else; another log.
  const row = readFileSync(receipts, 'utf8');
  const faults: [string, string, string, RegExp][] = [
    [sender.url, row, policy, /^NO {3}the node is that of /m],
    [stranger.url, row.replace(/"index":(\d+)/, '"index":1$1'), policy, /^NO {3}the content open/m],
    [stranger.url, row.replace('"applied"', '"stored"'), policy, /^NO {3}it signed the receipt/m],
    [stranger.url, row, (await sender.client.getLedgerPolicy({ query: {} })).policy, /the policy has no log/],
  ];
  for (const [url, receipt, policyText, why] of faults) {
    writeFileSync(receipts, receipt);
    writeFileSync(policyFile, policyText);
    const { code, out } = await run([script, url, policyFile, receipts]);
    assert.equal(code, 1);
    assert.match(out, why);
  }
});
