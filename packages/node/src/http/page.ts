import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ComityError, quote } from '@comity/protocol/base';
import { isAmong } from './if-none-match.ts';

/** A file of the page as it is sent. */
export interface PageFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the browser has it already (304). */
  readonly body: Buffer | undefined;
}

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
/** Total of the built page; more is not a page of ours. */
const pageBytesMax = 64 * 1024 * 1024;
/** Names the bundler puts a content hash into: `index-B2kd93Xa.js`. */
const hashed = /^\/assets\/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const compressible = /^(?:text\/|application\/(?:json|manifest|wasm)|image\/svg)/;

const notBuilt =
  '<!doctype html><meta charset="utf-8"><title>Comity</title><p>The page is not built. Run <code>npm run build:web</code> ' +
  'in the checkout, then load this again. The API under <code>/api/v1/</code> works without it.</p>\n';

/**
 * The built page, held in memory: a request picks from a map and never reaches the file system, so no path in it can.
 *
 * A page built or rebuilt while the node runs is taken up at the next visit. Every path without a dot that is not the
 * API's is a place inside the page and gets `index.html`.
 */
export function createPage(dir: string): (path: string, headers: { accept: string; ifNoneMatch: string }) => PageFile {
  let builtAtMs = -1;
  let assets = new Map<string, Asset>();
  return (path, { accept, ifNoneMatch }) => {
    const isPlace = !path.slice(path.lastIndexOf('/')).includes('.');
    const nowMs = isPlace || builtAtMs < 0 ? builtAt(dir) : builtAtMs;
    if (nowMs !== builtAtMs) {
      assets = nowMs < 0 ? new Map() : loadAssets(dir);
      builtAtMs = nowMs;
    }
    const asset = assets.get(isPlace ? '/index.html' : path);
    if (asset !== undefined) return answerWith(asset, accept, ifNoneMatch);
    if (!isPlace) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    return { status: 503, headers, body: Buffer.from(notBuilt) };
  };
}

/** When index.html was written, -1 when there is none. */
function builtAt(dir: string): number {
  return statSync(join(dir, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function loadAssets(dir: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (const file of files) {
    const type = types[extname(file)];
    if (type === undefined) continue;
    const plain = readFileSync(file);
    bytes += plain.length;
    if (bytes > pageBytesMax)
      throw new ComityError('INPUT_TOO_LARGE', `Cannot serve ${dir}: over ${pageBytesMax} bytes`);
    const path = `/${relative(dir, file).split(sep).join('/')}`;
    assets.set(path, {
      type,
      plain,
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      cacheControl: hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      br: files.includes(`${file}.br`) ? readFileSync(`${file}.br`) : undefined,
      gzip: gzipOf(file, files, plain, type),
    });
  }
  return assets;
}

function gzipOf(file: string, files: readonly string[], plain: Buffer, type: string): Buffer | undefined {
  if (files.includes(`${file}.gz`)) return readFileSync(`${file}.gz`);
  return compressible.test(type) && plain.length > 1024 ? gzipSync(plain) : undefined;
}

function answerWith(asset: Asset, accept: string, ifNoneMatch: string): PageFile {
  const headers: Record<string, string> = {
    'content-type': asset.type,
    'cache-control': asset.cacheControl,
    etag: asset.etag,
    vary: 'Accept-Encoding',
  };
  if (isAmong(asset.etag, ifNoneMatch)) {
    return { status: 304, headers, body: undefined };
  }
  const takes = new Set(accept.split(',').map((coding) => coding.trim().replace(/;q=(?!0(\.0*)?$).*$/, '')));
  if (asset.br !== undefined && takes.has('br'))
    return { status: 200, headers: { ...headers, 'content-encoding': 'br' }, body: asset.br };
  if (asset.gzip !== undefined && takes.has('gzip'))
    return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: asset.gzip };
  return { status: 200, headers, body: asset.plain };
}
