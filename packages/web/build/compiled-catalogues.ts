import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';

/**
 * Compiles the catalogues (`src/words/*.json`, ICU MessageFormat) when the page is built, so that it carries no message
 * parser.
 */
export function compiledCatalogues(): Plugin {
  return {
    name: 'compiled-catalogues',
    enforce: 'pre',
    load(id) {
      if (!/\/src\/words\/[a-z]+\.json$/.test(id)) return null;
      const compiled = compileCatalogue(readFileSync(id, 'utf8'));
      return { code: `export default ${JSON.stringify(compiled)};`, moduleType: 'js' };
    },
  };
}

function compileCatalogue(text: string): Record<string, unknown> {
  const catalogue = JSON.parse(text) as Record<string, string>;
  return Object.fromEntries(Object.entries(catalogue).map(([name, message]) => [name, compileMessageOrThrow(message)]));
}
