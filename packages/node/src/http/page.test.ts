import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createPage } from './page.ts';

const any = { accept: '', ifNoneMatch: '' };

function builtPage(context: { after(fn: () => void): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-page-'));
  context.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>one</title>');
  writeFileSync(join(dir, 'assets/index-B2kd93Xa.js'), 'export const a = 1;\n'.repeat(100));
  writeFileSync(join(dir, 'assets/index-B2kd93Xa.js.br'), 'brotli');
  writeFileSync(join(dir, 'first-paint.js'), 'x');
  return { dir, page: createPage(dir) };
}

test('hashed files are kept for ever by browsers, all others are asked for again', (context) => {
  const { page } = builtPage(context);
  assert.match(page('/assets/index-B2kd93Xa.js', any).headers['cache-control'] ?? '', /immutable/);
  assert.equal(page('/first-paint.js', any).headers['cache-control'], 'no-cache');
  assert.equal(page('/', any).headers['cache-control'], 'no-cache');
});

test('every place of the page is index.html; a file that is not there is NOT_FOUND', (context) => {
  const { page } = builtPage(context);
  for (const path of ['/', '/sign-in', '/intelligence/indicator--1', '/a.b/c']) {
    assert.match(String(page(path, any).body), /<title>one/, path);
  }
  for (const path of ['/missing.js', '/../../etc/passwd.txt', '/assets/../index.html.bak', '/index.html.br']) {
    assert.throws(() => page(path, any), { code: 'NOT_FOUND' }, path);
  }
});

test('the smallest form the browser takes is sent, and nothing when it has the file', (context) => {
  const { page } = builtPage(context);
  const path = '/assets/index-B2kd93Xa.js';
  assert.equal(page(path, { ...any, accept: 'gzip, deflate, br, zstd' }).headers['content-encoding'], 'br');
  assert.equal(page(path, { ...any, accept: 'gzip;q=0.5' }).headers['content-encoding'], 'gzip');
  assert.equal(page(path, { ...any, accept: 'br;q=0' }).headers['content-encoding'], undefined);
  const { etag = '' } = page(path, any).headers;
  assert.equal(page(path, { ...any, ifNoneMatch: `"other", W/${etag}` }).status, 304);
  assert.equal(page(path, { ...any, ifNoneMatch: '"other"' }).status, 200);
});

test('a page that is not built says what to run, and is served as soon as it is there', (context) => {
  const { dir } = builtPage(context);
  const page = createPage(join(dir, 'later'));
  const missing = page('/', any);
  assert.equal(missing.status, 503);
  assert.match(String(missing.body), /npm run build:web/);
  mkdirSync(join(dir, 'later'));
  writeFileSync(join(dir, 'later/index.html'), '<title>two</title>');
  assert.match(String(page('/', any).body), /two/);
});

test('a page that is built anew while the node runs is taken up', (context) => {
  const { dir, page } = builtPage(context);
  assert.match(String(page('/', any).body), /one/);
  writeFileSync(join(dir, 'index.html'), '<title>three</title>');
  utimesSync(join(dir, 'index.html'), 2_000_000_000, 2_000_000_000);
  assert.match(String(page('/', any).body), /three/);
});
