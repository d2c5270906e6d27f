import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { errorCodes } from '@comity/protocol/base';

const registry = resolve(import.meta.dirname, '../../protocol/src/base/error.ts');
const table = /export const errorCodes = \{[^]*?\n\} as const satisfies [^\n]*;/;

/**
 * Gives the page the registry of error codes without what is for the reference, the server and the command line: it only asks
 * whether there is a code, and has its own sentences.
 */
export function codesWithoutSentences(): Plugin {
  return {
    name: 'codes-without-sentences',
    enforce: 'pre',
    load(id) {
      if (id !== registry) return null;
      const text = readFileSync(id, 'utf8');
      if (!table.test(text)) this.error(`Cannot find the table of error codes in ${id}`);
      const codes = Object.fromEntries(Object.keys(errorCodes).map((code) => [code, true]));
      return { code: text.replace(table, `export const errorCodes = ${JSON.stringify(codes)};`), moduleType: 'ts' };
    },
  };
}
