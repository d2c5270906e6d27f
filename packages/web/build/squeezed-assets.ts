import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Below this a compressed copy saves less than a packet. */
const worthwhileBytes = 1024;

/** Writes `.gz` and `.br` beside every text file of the build, so that the node compresses nothing while serving. */
export function squeezedAssets(): Plugin {
  let outDir = '';
  return {
    name: 'squeezed-assets',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const path of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
        const full = join(outDir, path);
        if (/\.(?:js|css|html|svg)$/.test(path) && statSync(full).size >= worthwhileBytes) squeeze(full);
      }
    },
  };
}

function squeeze(path: string): void {
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
}
