/** `npm run bench -- screen|threads|files|ingest|stix|pattern|sigma|hunt|sharing|taxii|ledger|lookup|sync|charter [options]`: each is a program of its own in its folder and reads the options that are left. */
const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  screen: () => import('./screen/main.ts'),
  threads: () => import('./threads/main.ts'),
  files: () => import('./files/main.ts'),
  ingest: () => import('./ingest/main.ts'),
  stix: () => import('./stix/main.ts'),
  pattern: () => import('./pattern/main.ts'),
  hunt: () => import('./hunt/main.ts'),
  sigma: () => import('./sigma/main.ts'),
  sharing: () => import('./sharing/main.ts'),
  taxii: () => import('./taxii/main.ts'),
  ledger: () => import('./ledger/main.ts'),
  lookup: () => import('./lookup/main.ts'),
  sync: () => import('./sync/main.ts'),
  charter: () => import('./charter/main.ts'),
};
const [name = ''] = process.argv.splice(2, 1);
const run = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (run === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--json] [--quick]\n`);
  process.exitCode = 2;
} else {
  await run();
}
