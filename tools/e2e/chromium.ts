import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium of this machine: the one in COMITY_CHROMIUM, else the first in the usual places. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['COMITY_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...usualPaths].find((path) => existsSync(path));
}

/** Starts it so that it asks the network for nothing of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  // Chromium refuses its sandbox to root, as which a container often runs its tests.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath, args });
}
