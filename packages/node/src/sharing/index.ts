/**
 * Who may have what, for what, under which rule: the one decision, and the only way out of the house.
 *
 * An exit (TAXII, MISP, an export made for somebody) opens an {@link Exit} for its recipient, gives it objects of the store,
 * sends only what it admits, in the text it gives, and has the guard read every piece before that leaves.
 */
export { openSharing } from './open-sharing.ts';
export { papOf } from './decide/floor.ts';
export { sharingSchema } from './schema.ts';
export { parseLaw } from './law/law.ts';
export type { Law } from './law/law.ts';
export { parseGoldenTests, runGoldenTests } from './law/golden-tests.ts';
export type { GoldenResult } from './law/golden-tests.ts';
export { readStarterLaw, starterLawDir, starterLaws } from './law/starter-laws.ts';
export type {
  AdmittedObject,
  Exit,
  ExitOptions,
  Explained,
  KeptDecision,
  LawDiff,
  LawEntry,
  Recipient,
  RecipientBook,
  ShareCounts,
  Sharing,
} from './sharing.ts';
export type { ShareableObject } from './decide/shareable.ts';
