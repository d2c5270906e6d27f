import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { signedHeaders, signingKeyBytes } from '../../packages/node/src/outlets/send/sign-webhook.ts';
import { repositoryDir } from '../source-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-outlet-example-'));
after(() => rmSync(dir, { recursive: true, force: true }));

type IsFromNode = (headers: Record<string, string>, body: string, key: string) => boolean;

test('the example on the page of outlets tells what the node signed from what it did not', async () => {
  const page = readFileSync(join(repositoryDir, 'docs/guides/outlets.md'), 'utf8');
  const code = /```js\n([\s\S]+?)```/.exec(page)?.[1] ?? assert.fail('the page has no example');
  const file = join(dir, 'example.mjs');
  writeFileSync(file, code);
  const { isFromNode } = (await import(pathToFileURL(file).href)) as { isFromNode: IsFromNode };
  const key = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz';
  const body = '[{"value":"bücher.example"}]';
  const sign = (nowMs: number): Record<string, string> =>
    signedHeaders('outlet-1', body, signingKeyBytes(key) ?? assert.fail('it is a key'), nowMs);
  const headers = sign(Date.now());
  assert.ok(isFromNode(headers, body, key));
  const { 'webhook-signature': signature = '' } = headers;
  assert.ok(
    isFromNode({ ...headers, 'webhook-signature': `v1a,AAAA ${signature}` }, body, key),
    'of several one is enough',
  );
  assert.ok(!isFromNode(headers, `${body} `, key), 'another body');
  assert.ok(!isFromNode(headers, body, 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI0'), 'another key');
  assert.ok(!isFromNode({ ...headers, 'webhook-id': 'msg_other' }, body, key), 'another id');
  assert.ok(!isFromNode(sign(Date.now() - 600_000), body, key), 'an old one');
  assert.ok(!isFromNode({}, body, key), 'none');
});
