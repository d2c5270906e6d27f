import { readFileSync } from 'node:fs';
import { findShared } from '../../packages/testkit/src/index.ts';

/** Folder of the sets, below the foreign test data. */
export const tlogFolder = 'vectors/tlog';

/** One set, by its name without `.json`; what is in it the caller says. */
export function readSet(name: string): unknown {
  return JSON.parse(readFileSync(findShared(tlogFolder, `${name}.json`) ?? name, 'utf8'));
}

/** Bytes of base64, as loosely as the platform reads it: what is strict is what is tested. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

/** What is wrong when `action` does not throw an error of that code; undefined when it does. */
export function unrefused(name: string, code: string, action: () => unknown): string | undefined {
  try {
    action();
    return `${name}: accepted`;
  } catch (error) {
    const { code: found } = error as { code?: string };
    return found === code ? undefined : `${name}: ${String(error)}`;
  }
}

/** What is wrong when `action` throws or gives a sentence. */
export function faultOf(name: string, action: () => string | undefined): string | undefined {
  try {
    const fault = action();
    return fault === undefined ? undefined : `${name}: ${fault}`;
  } catch (error) {
    return `${name}: ${String(error)}`;
  }
}
