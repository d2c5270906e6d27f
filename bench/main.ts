import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run bench -- screen|ingest [options]`: each is a program of its own in its folder. */
const benches = ['screen', 'ingest'];
const [name = '', ...options] = process.argv.slice(2);
if (benches.includes(name)) {
  const program = join(import.meta.dirname, name, 'main.ts');
  process.exitCode = spawnSync(process.execPath, [program, ...options], { stdio: 'inherit' }).status ?? 2;
} else {
  process.stderr.write(`usage: npm run bench -- ${benches.join('|')} [--json] [--quick]\n`);
  process.exitCode = 2;
}
