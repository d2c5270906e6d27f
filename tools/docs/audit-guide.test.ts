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

test('the second script proves what a member shows of its own acts, and says which part does not open', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'comity-opened-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  symlinkSync(join(repositoryDir, 'node_modules'), join(dir, 'node_modules'));
  const [, example] = examplesOf(page);
  assert.ok(example !== undefined);
  const [script, policyFile, actFile] = ['opened.mjs', 'ours.policy', 'act.json'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(script, example.code);
  const [sender] = (await serveMembers(context, ['Sender', 'Receiver'])) as [ServedNode, ServedNode];
  const { client } = sender;
  await tell(sender, 1);
  const shown = async () => {
    const [row] = (await client.listActsOfObject({ params: { id: indicatorId(1) } })).rows;
    return row === undefined ? undefined : await client.showExchangeAct({ params: { index: row.index } });
  };
  await until(async () => (await shown())?.proof !== undefined, 'the act is published');
  const act = await shown();
  writeFileSync(actFile, JSON.stringify(act));
  writeFileSync(policyFile, (await client.getLedgerPolicy({ query: {} })).policy);
  const audited = await run([script, policyFile, actFile]);
  assert.equal(audited.code, 0, audited.out);
  assert.match(
    audited.out,
    /^entry \d+ of \S+\/ledger\/1\nyes {2}content \{.*\nyes {2}recipients \{.*\nyes {2}decision \{"lawHash"/,
  );
  const { payloads } = act!;
  const law = { ...payloads, decision: { ...payloads!.decision, rules: [] } };
  writeFileSync(actFile, JSON.stringify({ ...act, payloads: law }));
  const forged = await run([script, policyFile, actFile]);
  assert.equal(forged.code, 1);
  assert.match(forged.out, /^yes {2}recipients .*\nNO {3}decision /m);
});
