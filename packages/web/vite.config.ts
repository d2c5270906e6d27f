import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { codesWithoutSentences } from './build/codes-without-sentences.ts';
import { compiledCatalogues } from './build/compiled-catalogues.ts';
import { onlyOurLocales } from './build/only-our-locales.ts';
import { routesWithoutValidators } from './build/routes-without-validators.ts';
import { scriptBudget } from './build/script-budget.ts';
import { squeezedAssets } from './build/squeezed-assets.ts';

/** Languages the page speaks: React Aria's own strings for the others are left out of the build. */
const locales = ['en-US', 'ar-AE'];

export default defineConfig({
  plugins: [
    routesWithoutValidators(),
    codesWithoutSentences(),
    compiledCatalogues(),
    onlyOurLocales(locales),
    react(),
    scriptBudget({ allGzipBytesMax: 312_000, initialGzipBytesMax: 175_000 }),
    squeezedAssets(),
  ],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // An inlined data: URI would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { port: 5173, strictPort: true, host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8642' } },
});
