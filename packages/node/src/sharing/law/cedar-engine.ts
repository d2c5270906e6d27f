import { createRequire } from 'node:module';
import { ComityError } from '@comity/protocol/base';
import type * as cedarWasm from '@cedar-policy/cedar-wasm';

export type Cedar = typeof cedarWasm;

const require = createRequire(import.meta.url);
const moduleName = '@cedar-policy/cedar-wasm/nodejs';
let loaded: Cedar | undefined;
let generation = 0;

/**
 * Runs `fn` on the engine. It is loaded when it is first needed, some 15 MB and 60 ms, so that a node which shares nothing does
 * without.
 *
 * An engine that threw may be damaged for good (a stack that ran over leaves its memory as it was in the middle of something), so
 * it is thrown away and the next call gets a new one. `generation` counts them: what one was told, the next does not know.
 *
 * @throws whatever `fn` throws.
 */
export function withCedar<T>(fn: (cedar: Cedar, generation: number) => T): T {
  loaded ??= require(moduleName) as Cedar;
  try {
    return fn(loaded, generation);
  } catch (error) {
    if (!(error instanceof ComityError)) {
      delete require.cache[require.resolve(moduleName)];
      loaded = undefined;
      generation += 1;
    }
    throw error;
  }
}
