/**
 * Who may have what, for what, under which rule: the one decision, and the only way out of the house.
 *
 * An exit (TAXII, MISP, an export made for somebody) opens an {@link Exit} for its recipient, gives it objects of the store,
 * sends only what it admits, in the text it gives, and has the guard read every piece before that leaves.
 */
export type { ShareableObject } from './decide/shareable.ts';
export type {
  AdmittedObject,
  Exit,
  ExitCount,
  ExitGuard,
  ExitOptions,
  KeptDecision,
  LawBook,
  LawEntry,
  Recipient,
  RecipientBook,
  RecipientGroup,
  Sharing,
  SharingDeps,
} from './sharing.ts';
