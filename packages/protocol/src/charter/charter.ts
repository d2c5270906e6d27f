import { z } from 'zod';
import { limits } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { digest, hashOf, instant, parseDocument, shown, sorted, word } from './forms.ts';
import { rulesShape } from './rules.ts';

/** Members of one federation: enough for every country several times. */
export const membersMax = 500;
/** Articles of a charter. */
const articlesMax = 100;
/** A member that missed so many decisions in a row is no longer on the active list. */
export const missedMax = 2;

const member = z.strictObject({
  /** Id of the member: which keys it has, and where its ledger is, its descriptors say. */
  member: digest,
  /** `suspended` until a decision reinstates it: decides nothing. */
  status: z.enum(['active', 'suspended']),
  /** Decisions in a row it said nothing to, as the next proposals recorded. */
  missed: z.int().min(0).max(missedMax),
  /** Number of the charter it came with. */
  since: z.int().min(0),
});
/** A member as the charter has it. */
export type CharterMember = z.infer<typeof member>;

/** An article of the charter's text. */
export const articleShape = z.strictObject({
  id: word,
  /** SHA-256 of its text. */
  digest,
  /** Only `amend-entrenched` changes it. */
  entrenched: z.boolean(),
});

/**
 * A rule on sharing. It only forbids, and only what leaves a member for the others or for everybody: what a member keeps, matches,
 * blocks and gives its own people or clients cannot be written down here.
 */
export const sharingRuleShape = z.strictObject({
  id: word,
  says: shown(300),
  /** The article it comes of. */
  article: word,
  actions: sorted(z.enum(['forward', 'publish', 'query-outside']), (action) => action).min(1),
  kinds: sorted(z.enum(['member', 'public']), (kind) => kind).min(1),
});

/** Limits on leases. A receiver may be stricter. */
export const leasesShape = z.strictObject({
  indicatorDaysMax: z.int().min(1).max(3660),
  reportDaysMax: z.int().min(1).max(3660),
});

/** When something may stand in the common blocklist. Whether a member uses that list is its own matter. */
export const blocklistShape = z.strictObject({
  criteria: sorted(z.strictObject({ id: word, says: shown(300) }), ({ id }) => id).max(50),
  /** Members that must say the same. */
  membersMin: z.int().min(1).max(membersMax),
  /** How long an entry stands when nobody says it again. */
  daysMax: z.int().min(1).max(3660),
});

/** Who witnesses ledgers, and how many of them must have seen something before it counts in a vote. */
export const witnessesShape = z
  .strictObject({
    of: sorted(
      z.strictObject({
        /** Without white space. */
        name: z.string().regex(/^[!-~]{1,100}$/),
        /** Verifier keys of type 04 or 06 (docs/spec/ledger.md §3): any one of them is its word. */
        keys: z.array(z.string().max(4096)).min(1).max(4),
      }),
      ({ name }) => name,
    )
      .min(1)
      .max(50),
    quorum: z.int().min(1),
  })
  .refine(({ of, quorum }) => quorum <= of.length, 'asks for more witnesses than there are');

/** Longest life of a charter that nobody re-affirms, in days. */
export const termShape = z.int().min(30).max(1100);
/** Longest life of an emergency suspension, in days. */
export const emergencyDaysShape = z.int().min(1).max(30);
/** How many members may speak double without two charters ever coming of one. */
export const colludingShape = z.int().min(0).max(166);

const charterShape = z
  .strictObject({
    type: z.literal('comity-charter'),
    version: z.literal(1),
    /** 0 in the first, then one more each time. */
    number: z.int().min(0),
    /** Hash of the first charter; absent in it. */
    federation: digest.optional(),
    /** Hash of the charter before; absent in the first. */
    previous: digest.optional(),
    /** What a first charter split from: its members keep that history, and owe it nothing. */
    forkedFrom: z.strictObject({ federation: digest, number: z.int().min(0), charter: digest }).optional(),
    name: shown(200),
    members: sorted(member, (each) => each.member)
      .min(1)
      .max(membersMax),
    rules: rulesShape,
    colludingMax: colludingShape,
    witnesses: witnessesShape,
    articles: sorted(articleShape, ({ id }) => id).max(articlesMax),
    sharing: sorted(sharingRuleShape, ({ id }) => id).max(50),
    leases: leasesShape,
    blocklist: blocklistShape,
    emergencyDaysMax: emergencyDaysShape,
    termDays: termShape,
    /** From then on nothing can be decided but that it goes on. */
    expiresAt: instant,
  })
  .refine(
    ({ number, federation, previous, forkedFrom }) =>
      number === 0
        ? federation === undefined && previous === undefined
        : federation !== undefined && previous !== undefined && forkedFrom === undefined,
    'names what only the first, or only a later one, has',
  );

/** What the members of a federation have in common (docs/spec/charter.md §2). */
export type Charter = z.infer<typeof charterShape>;

const form = { name: 'charter', shape: charterShape, bytesMax: limits.charterBytesMax };

/**
 * Reads a charter: canonical JSON and nothing else, so that two readers who agree on the hash have read the same.
 *
 * @param input - hostile; at most `limits.charterBytesMax` bytes.
 * @throws {ComityError} `CHARTER_MALFORMED` with the place, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseCharter(input: string | Uint8Array): Charter {
  return parseDocument(input, form);
}

/** Whether a charter that was made of parts that have their form has it as a whole. */
export function isWhole({ members, articles, expiresAt }: Charter): boolean {
  const hasMembers = members.length > 0 && members.length <= membersMax;
  return hasMembers && articles.length <= articlesMax && instant.safeParse(expiresAt).success;
}

/** What a charter is called: SHA-256 of its canonical JSON, in lower-case hexadecimal. */
export function charterHash(charter: Charter, sha256: Sha256): string {
  return hashOf(charter, sha256);
}

/** What its federation is called: the hash of the first charter. */
export function federationOf(charter: Charter, sha256: Sha256): string {
  return charter.federation ?? charterHash(charter, sha256);
}
