import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Laws to begin with, each a file of its name with golden tests beside it. */
export const starterLaws = ['closed', 'open', 'cert-nis2', 'isac'] as const;
/** One of {@link starterLaws}. */
export type StarterLaw = (typeof starterLaws)[number];

/** In force until a law is activated. */
export const firstLaw: StarterLaw = 'closed';

export const starterLawDir = join(import.meta.dirname, '../../../laws');

export function readStarterLaw(name: StarterLaw): string {
  return readFileSync(join(starterLawDir, `${name}.cedar`), 'utf8');
}
