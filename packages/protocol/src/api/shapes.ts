import { z } from 'zod';
import { valueKinds } from '../values/index.ts';
import type { ValueKind } from '../values/index.ts';

/** RFC 3339 UTC with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 }).meta({ id: 'Instant' });
/** Opaque keyset cursor; valid only with the filters it was given for. */
export const cursor = z.string().max(512);
export const tlp = z.enum(['clear', 'green', 'amber', 'amber+strict', 'red']).meta({ id: 'Tlp' });
export const kind = z.enum(Object.keys(valueKinds) as [ValueKind, ...ValueKind[]]).meta({ id: 'ValueKind' });
const relation = z.enum(['exact', 'subdomain', 'cidr', 'prefix', 'pattern']).meta({ id: 'Relation' });
export const reliability = z
  .enum(['A', 'B', 'C', 'D', 'E', 'F'])
  .meta({ id: 'Reliability', description: 'Admiralty scale' });

/**
 * Whether an indicator is used. Of several that hold the first of recalled > revoked > lease > `valid_until` > `valid_from` >
 * decay > known good counts: docs/explanation/lifecycle.md.
 */
export const state = z
  .enum(['active', 'held-back', 'pending', 'recalled', 'revoked', 'lease-ended', 'expired', 'decayed'])
  .meta({ id: 'IndicatorState' });

const listedValue = z
  .object({ kind, value: z.string(), port: z.int().min(0).max(65535).optional() })
  .meta({ id: 'ListedValue' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem; `code` is from the registry of error codes' });

/** Where intelligence came from: a feed, a file, a person. */
export const intelSource = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['file', 'upload', 'feed', 'sample', 'manual', 'member']),
    url: z.string().optional(),
    reliability,
    defaultTlp: tlp,
    own: z.boolean().describe('whether the member answers for what it says as its own'),
  })
  .meta({ id: 'IntelSource' });

/** One row of the intelligence list: indicators of one normalised pattern, or one other object. */
export const intelRow = z
  .object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    pattern: z.string().optional(),
    values: z.array(listedValue).describe('at most 3; valueCount says how many there are'),
    valueCount: z.int(),
    state,
    stateReason: z.string().describe('a sentence'),
    tlp,
    confidence: z.int().min(0).max(100).optional(),
    labels: z.array(z.string()),
    sources: z.array(z.string()).describe('names of at most 3 sources; sourceCount says how many'),
    sourceCount: z.int(),
    firstSeenAt: instant,
    lastSeenAt: instant,
    validUntil: instant.optional(),
    matchCount: z.int(),
  })
  .meta({ id: 'IntelRow' });

const provenance = z
  .object({
    source: intelSource,
    foreignId: z.string().optional(),
    place: z.string().optional(),
    confidence: z.int().optional(),
    firstSeenAt: instant,
    lastSeenAt: instant,
  })
  .meta({ id: 'Provenance' });

const correlation = z
  .object({ id: z.string(), type: z.string(), name: z.string(), via: listedValue })
  .meta({ id: 'Correlation' });

/** What the object breaks of the STIX standard: an error a MUST, a warning a SHOULD. */
const finding = z
  .object({
    severity: z.enum(['error', 'warning']),
    code: z.string(),
    path: z.string().describe('where: external_references[0].url; empty for the object itself'),
    message: z.string(),
    section: z.string().describe('of STIX 2.1, or the name of another specification'),
  })
  .meta({ id: 'Finding' });

export const intelObject = intelRow
  .extend({
    text: z.string().describe('the object, byte for byte as received'),
    values: z.array(listedValue),
    screened: z.object({ complete: z.boolean(), reason: z.string().optional() }).optional(),
    markings: z.object({
      tlp,
      tlpFrom: z.enum(['object', 'source default']),
      tlpReason: z
        .string()
        .optional()
        .describe('a sentence: why it is handled more strictly than what could be read of them'),
      pap: z.string().optional(),
      iep: z.string().optional(),
      statements: z.array(z.string()),
    }),
    provenance: z.array(provenance),
    versions: z.array(
      z.object({
        modifiedAt: instant,
        live: z.boolean(),
        conflict: z.boolean().describe('kept beside the live one and changes nothing'),
        source: z.string().describe('name of the source it came from'),
      }),
    ),
    correlations: z.array(correlation),
    correlationsCut: z.string().optional().describe('why correlations were left out, when they were'),
    relationships: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        direction: z.enum(['out', 'in']),
        otherId: z.string(),
        otherName: z.string(),
      }),
    ),
    knownGood: z.object({ list: z.string(), entry: z.string() }).optional(),
    release: z.object({ by: z.string(), at: instant, reason: z.string() }).optional(),
    findings: z.array(finding).describe('the first 50 of what its newest text breaks of the standard, errors first'),
    findingCount: z.int(),
  })
  .meta({ id: 'IntelObject' });

/** What is known about one value: the card behind every value on the page. */
export const valueCard = z
  .object({
    kind,
    value: z.string(),
    defanged: z.string(),
    indicators: z.array(intelRow),
    indicatorCount: z.int(),
    matchCount: z.int(),
    lastMatchAt: instant.optional(),
    knownGood: z.object({ list: z.string(), entry: z.string() }).optional(),
  })
  .meta({ id: 'ValueCard' });

export const importOutcome = z
  .enum(['taken', 'duplicate', 'held-back', 'rejected', 'conflict'])
  .meta({ id: 'ImportOutcome', description: '`conflict`: taken, kept beside the version that counts' });

export const importReport = z
  .object({
    id: z.string(),
    name: z.string(),
    source: intelSource,
    format: z.string(),
    status: z.enum(['running', 'done', 'failed']),
    startedAt: instant,
    finishedAt: instant.optional(),
    error: z.string().optional(),
    taken: z.int(),
    unscreened: z.int().describe('of those taken: indicators that list nothing records are searched for'),
    conflicts: z.int().describe('of those taken: kept beside the version that counts, which they do not change'),
    duplicate: z.int(),
    heldBack: z.int(),
    rejected: z.int(),
    losses: z.array(z.object({ field: z.string(), count: z.int(), reason: z.string() })),
    validated: z.int().describe('objects checked against the STIX standard: the first 1,000'),
    findings: z
      .array(finding.omit({ path: true }).extend({ place: z.string().describe('where first'), count: z.int() }))
      .describe('what they break of it, by rule, and labels that contradict each other; it keeps nothing out'),
    bytesRead: z.int(),
    bytesTotal: z.int().optional(),
  })
  .meta({ id: 'ImportReport' });

export const importRow = z
  .object({
    place: z.string().describe('where in the input: `line 7`, `objects[12]`'),
    outcome: importOutcome,
    value: z.string().optional().describe('the value that was held back'),
    objectId: z
      .string()
      .optional()
      .describe('the object that lists it; of a rejected one the id it gives itself, which may not be kept'),
    reason: z.string(),
  })
  .meta({ id: 'ImportRow' });

export const heldBackRow = z
  .object({
    id: z.string(),
    value: listedValue,
    list: z.string(),
    entry: z.string(),
    sources: z.array(z.string()),
    heldAt: instant,
    proposal: z
      .object({ by: z.string(), at: instant, reason: z.string() })
      .optional()
      .describe('somebody wants it let through; a second person has to agree'),
  })
  .meta({ id: 'HeldBackRow' });

export const knownGoodList = z
  .object({
    name: z.string(),
    kind: z.enum(['cidr', 'string', 'hostname', 'substring', 'regex']),
    entries: z.int(),
    version: z.string(),
    builtIn: z.boolean(),
  })
  .meta({ id: 'KnownGoodList' });

export const feed = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    collection: z.string().optional().describe('of the TAXII server at the URL'),
    format: z.string().describe('`auto` or a name from the list of formats'),
    intervalMinutes: z.int().min(5).max(43_200),
    reliability,
    defaultTlp: tlp,
    own: z.boolean().describe('whether the member answers for what it says as its own'),
    allowPrivate: z.boolean(),
    enabled: z.boolean(),
    status: z.enum(['new', 'ok', 'unchanged', 'failing', 'pulling']),
    lastPullAt: instant.optional(),
    nextPullAt: instant.optional(),
    lastError: z.string().optional(),
    lastImportId: z.string().optional(),
    objectCount: z.int(),
    progress: z
      .object({
        objects: z.int().describe('read since the beginning of the collection'),
        pages: z.int(),
        reachedAt: instant.optional().describe("by the server's own dates; missing where it sends none"),
        isWhole: z.boolean().describe('whether the end of the collection was reached'),
      })
      .optional()
      .describe('how far a TAXII collection was read'),
  })
  .meta({ id: 'Feed' });

export const recordSourceKind = z
  .enum(['file', 'folder', 'syslog-udp', 'syslog-tcp', 'http', 'upload'])
  .meta({ id: 'RecordSourceKind' });

/** Something that is screened: a file that grows, a folder, a socket. */
export const recordSource = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: recordSourceKind,
    location: z.string().describe('path, or address:port'),
    format: z.string(),
    status: z.enum(['running', 'waiting', 'paused', 'failing', 'full', 'done']),
    since: instant.describe('in this status since'),
    lastError: z.string().optional(),
    bytes: z.int(),
    records: z.int(),
    matches: z.int(),
    bytesPerSecond: z.number(),
    lagBytes: z.int().optional(),
    dropped: z.int().describe('records lost before they reached us (UDP)'),
    lastRecordAt: instant.optional(),
  })
  .meta({ id: 'RecordSource' });

export const match = z
  .object({
    id: z.string(),
    at: instant,
    sourceId: z.string(),
    sourceName: z.string(),
    file: z.string(),
    line: z.int(),
    record: z.string().describe('the record, at most 8 KiB, untrusted text'),
    value: z.string(),
    kind,
    relation,
    port: z.enum(['same', 'other', 'unknown']).optional(),
    field: z.string().optional(),
    alarm: z.boolean(),
    hunt: z
      .object({
        found: z
          .enum(['seen', 'confirmed'])
          .describe(
            'seen: the value was, its record is no longer there; confirmed: found by reading the records again',
          ),
        from: instant.optional(),
        to: instant.optional(),
        times: z.int().optional().describe('about how often, right to a factor of two'),
      })
      .optional()
      .describe('present when the value was seen before it was listed'),
    indicator: z.object({
      id: z.string(),
      listed: z.string(),
      source: z.string(),
      tlp,
      state,
      why: z.string().describe('a sentence: why this counts'),
    }),
  })
  .meta({ id: 'Match' });

export const overview = z
  .object({
    indicators: z.object({ active: z.int(), heldBack: z.int(), expired: z.int() }),
    objects: z.int(),
    matches: z.object({ last24h: z.int(), alarms24h: z.int(), perHour: z.array(z.int()).length(24) }),
    recordsPerSecond: z.number(),
    bytesPerSecond: z.number(),
    tableValues: z.int(),
    patterns: z.int().describe('STIX patterns and Sigma rules that records are asked'),
    tableSequence: z.int(),
    feeds: z.array(feed),
    sources: z.array(recordSource),
    empty: z.boolean().describe('nothing imported yet: the page offers the sample'),
    version: z.string(),
    startedAt: instant,
  })
  .meta({ id: 'Overview' });

/** The node at a glance: counts, rates, its feeds and sources. */
export type Overview = z.infer<typeof overview>;
/** An indicator met a value of a record. */
export type Match = z.infer<typeof match>;
/** Something whose records are screened, and how far it got. */
export type RecordSourceView = z.infer<typeof recordSource>;
/** A feed that is pulled, and how its last pulls went. */
export type FeedView = z.infer<typeof feed>;
/** One row of the intelligence list: indicators of one normalised pattern, or one other object. */
export type IntelRow = z.infer<typeof intelRow>;
/** An object with its text, markings, provenance, versions and what it is connected with. */
export type IntelObjectView = z.infer<typeof intelObject>;
/** What an object breaks of the standard, and where. */
export type FindingView = z.infer<typeof finding>;
/** What became of everything one import read. */
export type ImportReportView = z.infer<typeof importReport>;
/** One element of an import and what became of it. */
export type ImportRow = z.infer<typeof importRow>;
/** A value the known-good gate holds back, with the list that has it. */
export type HeldBackRow = z.infer<typeof heldBackRow>;
/** A list of known-good values the gate asks. */
export type KnownGoodListView = z.infer<typeof knownGoodList>;
/** Everything the node knows about one value. */
export type ValueCard = z.infer<typeof valueCard>;
/** An error as it is answered (RFC 9457), with a code from the registry. */
export type Problem = z.infer<typeof problem>;
/** Whether an indicator is used, or what keeps it from being used. */
export type IndicatorState = z.infer<typeof state>;

/** Every state of an indicator, in the order of precedence. */
export const indicatorStates: readonly IndicatorState[] = state.options;
/** Reliability of a source on the Admiralty scale, A the best; F when it cannot be judged. */
export const reliabilities: readonly z.infer<typeof reliability>[] = reliability.options;
