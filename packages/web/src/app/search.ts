import type { AuditAct, ImportRow, IndicatorState, IntelRow } from '@comity/protocol/api';
import { auditActs, givenStates, indicatorStates, reliabilities } from '@comity/protocol/api';
import { valueKinds } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';

/** What an address may say after `?`, for each place. The address is untrusted: what is not known is left out. */
type Raw = Record<string, unknown>;

export const states = indicatorStates;
export const grades = reliabilities;
export const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const satisfies IntelRow['tlp'][];
export const kinds = Object.keys(valueKinds) as ValueKind[];
/** The types of STIX an import brings most. */
export const objectTypes = [
  'indicator',
  'malware',
  'threat-actor',
  'intrusion-set',
  'campaign',
  'attack-pattern',
  'report',
  'vulnerability',
  'tool',
  'identity',
  'relationship',
  'sighting',
] as const;
const outcomes = ['taken', 'duplicate', 'held-back', 'rejected', 'conflict'] as const satisfies ImportRow['outcome'][];
export const seenSpans = ['day', 'week', 'month'] as const;

export interface IntelSearch {
  readonly text?: string | undefined;
  readonly type?: string | undefined;
  readonly kind?: ValueKind | undefined;
  readonly state?: IndicatorState | undefined;
  readonly source?: string | undefined;
  readonly tlp?: IntelRow['tlp'] | undefined;
  readonly seen?: (typeof seenSpans)[number] | undefined;
  readonly matched?: boolean | undefined;
  /** Id of the object in the inspector. */
  readonly open?: string | undefined;
}

export function readIntelSearch(raw: Raw): IntelSearch {
  return present<IntelSearch>({
    text: text(raw['text'], 500),
    type: text(raw['type'], 250),
    kind: oneOf(raw['kind'], kinds),
    state: oneOf(raw['state'], states),
    source: text(raw['source'], 100),
    tlp: oneOf(raw['tlp'], tlps),
    seen: oneOf(raw['seen'], seenSpans),
    matched: typeof raw['matched'] === 'boolean' ? raw['matched'] : undefined,
    open: text(raw['open'], 300),
  });
}

export interface MatchSearch {
  readonly value?: string | undefined;
  readonly indicator?: string | undefined;
  readonly alarms?: boolean | undefined;
  /** Id of the match in the inspector. */
  readonly match?: string | undefined;
}

export function readMatchSearch(raw: Raw): MatchSearch {
  return present<MatchSearch>({
    value: text(raw['value'], 8192),
    indicator: text(raw['indicator'], 300),
    alarms: raw['alarms'] === true ? true : undefined,
    match: text(raw['match'], 300),
  });
}

export interface HeldBackSearch {
  readonly text?: string | undefined;
  readonly list?: string | undefined;
}

export function readHeldBackSearch(raw: Raw): HeldBackSearch {
  return present<HeldBackSearch>({ text: text(raw['text'], 500), list: text(raw['list'], 200) });
}

export interface AddSearch {
  /** The form to add something is open. */
  readonly add?: boolean | undefined;
}

export function readAddSearch(raw: Raw): AddSearch {
  return present<AddSearch>({ add: raw['add'] === true ? true : undefined });
}

export interface ReportSearch {
  readonly outcome?: ImportRow['outcome'] | undefined;
}

export function readReportSearch(raw: Raw): ReportSearch {
  return present<ReportSearch>({ outcome: oneOf(raw['outcome'], outcomes) });
}

export interface AuditSearch {
  readonly act?: AuditAct | undefined;
  /** Name of an account. */
  readonly by?: string | undefined;
}

export function readAuditSearch(raw: Raw): AuditSearch {
  return present<AuditSearch>({
    act: oneOf(raw['act'], Object.keys(auditActs) as AuditAct[]),
    by: text(raw['by'], 100),
  });
}

export interface DecisionSearch {
  /** Key of a recipient. */
  readonly recipient?: string | undefined;
  readonly result?: 'allow' | 'deny' | undefined;
}

export function readDecisionSearch(raw: Raw): DecisionSearch {
  return present<DecisionSearch>({
    recipient: text(raw['recipient'], 100),
    result: oneOf(raw['result'], ['allow', 'deny']),
  });
}

export interface MembersSearch {
  readonly text?: string | undefined;
}

export function readMembersSearch(raw: Raw): MembersSearch {
  return present<MembersSearch>({ text: text(raw['text'], 200) });
}

export interface GivenSearch {
  /** Id of a member. */
  readonly member?: string | undefined;
  readonly only?: (typeof givenStates)[number] | undefined;
  /** Id of the object in the inspector. */
  readonly open?: string | undefined;
}

export function readGivenSearch(raw: Raw): GivenSearch {
  return present<GivenSearch>({
    member: text(raw['member'], 100),
    only: oneOf(raw['only'], givenStates),
    open: text(raw['open'], 300),
  });
}

export interface LedgerSearch {
  readonly what?: 'sent' | 'received' | 'open' | undefined;
  /** Id of a member. */
  readonly member?: string | undefined;
  /** Place of the act in the inspector. */
  readonly entry?: number | undefined;
}

export function readLedgerSearch(raw: Raw): LedgerSearch {
  const entry = raw['entry'];
  return present<LedgerSearch>({
    what: oneOf(raw['what'], ['sent', 'received', 'open']),
    member: text(raw['member'], 100),
    entry: typeof entry === 'number' && Number.isSafeInteger(entry) && entry >= 0 ? entry : undefined,
  });
}

function text(value: unknown, charsMax: number): string | undefined {
  // The router reads `?text=8080` as a number.
  const written = typeof value === 'number' ? String(value) : value;
  return typeof written === 'string' && written !== '' ? written.slice(0, charsMax) : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value);
}

function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
