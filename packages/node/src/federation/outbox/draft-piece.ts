import { base64Of, timestampOfUs } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { compareTlp, strictestPap, strictestTlp } from '@comity/protocol/markings';
import { digestOfObject, isAddressedTo, isWithin, statementBytes } from '@comity/protocol/peer';
import type { ActiveStatement, SignedStatement, Terms } from '@comity/protocol/peer';
import { hopsMax } from '@comity/protocol/sharing';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Arrival, StoredObject } from '../../intel/index.ts';
import type { AdmittedObject, Exit } from '../../sharing/index.ts';
import type { Connection } from '../../store/index.ts';
import type { Handling, Identity } from '../federation.ts';
import { findLent, mayHaveWay } from '../inbox/known-book.ts';
import type { Lent } from '../inbox/known-book.ts';
import { edgeStates, findEdge, lentOrigins } from './edge-book.ts';
import type { Edge } from './edge-book.ts';
import { printOf } from './outbox-book.ts';
import type { Draft, OutboxRow } from './outbox-book.ts';
import { instantFor, stateActive } from './statements.ts';
import type { Stated, StatementBook } from './statements.ts';

const dayUs = 86_400_000_000;
/** Objects that go on mattering for longer than an indicator does. */
const reports: ReadonlySet<string> = new Set([
  'report',
  'grouping',
  'malware',
  'threat-actor',
  'intrusion-set',
  'campaign',
]);
/** Words of one member about the objects of another. */
const remarks: ReadonlySet<string> = new Set(['opinion', 'sighting']);

/** A draft with what is to be noted of it when it is out. */
export interface EdgeDraft extends Draft {
  readonly print: string;
  /** What was stated for it; undefined: nothing of ours. */
  readonly stated?: SignedStatement;
  /** What is still to be signed for it ({@link signDrafts}). */
  readonly unsigned?: ActiveStatement;
}

export interface DraftDeps {
  readonly db: Connection;
  readonly self: Identity;
  readonly member: MemberId;
  /** Of the member; 0: none was given. */
  readonly memberRef: number;
  readonly outbox: OutboxRow;
  readonly handling: Handling;
  /** The widest of what any member is granted: what is stated is the same for all. */
  readonly widest: Pick<Handling, 'hops' | 'leaseDays'>;
  readonly exit: Pick<Exit, 'admit' | 'guard'>;
  /** Whether a source of our own supplied the content. */
  readonly isOwnWord: (id: StixId, text: string) => boolean;
  readonly statements: StatementBook;
  readonly sha256: Sha256;
  readonly nowUs: number;
  readonly onFault: (message: string, error: unknown) => void;
}

/**
 * What a piece of the order of arrival comes to for one member: what of it is lent and was not, or otherwise; and what it had and
 * may not have any more. What is neither ours nor lent to be passed on is not looked at.
 */
export function draftPiece(rows: readonly Pick<Arrival, 'object'>[], deps: DraftDeps): EdgeDraft[] {
  const drafts: EdgeDraft[] = [];
  for (const { object } of rows) {
    const way = wayOf(object, deps);
    // First what is over: what comes then may count at once.
    drafts.push(...draftOver(object, way, deps));
    const draft = way === undefined ? undefined : draftOf(object, way, deps);
    if (draft !== undefined) drafts.push(...draft);
  }
  return drafts;
}

/** Why an object may be sent on at all: it is ours, or a member lends it with hops left. */
type Way = { readonly lent: Lent | undefined; readonly origin: MemberId };

function wayOf(object: StoredObject, { db, self, member, memberRef, nowUs, sha256 }: DraftDeps): Way | undefined {
  if (object.own) return isFor(db, object, member) ? { lent: undefined, origin: self.id } : undefined;
  if (object.leaseUntilUs === undefined || !mayHaveWay(db, object.id, memberRef)) return undefined;
  // Another source's version may be the one that counts: only what the origin signed is passed on.
  const lent = findLent(db, object.id, nowUs, { digest: digestOfObject(object.text, sha256) });
  if (lent === undefined) return undefined;
  const isHandedOn = mayPassOn(lent, member) && (!remarks.has(object.type) || isRemarkFor(db, object, member));
  return isHandedOn ? { lent, origin: lent.signed.statement.origin } : undefined;
}

/** Whether the terms an object is lent under let it go on to a member. AMBER never goes sideways. */
export function mayPassOn({ terms, path, signed }: Lent, member: MemberId): boolean {
  return (
    terms.hops > 0 &&
    path.length <= hopsMax &&
    !path.includes(member) &&
    isAddressedTo(terms, member) &&
    compareTlp(strictestTlp([terms.tlp, signed.statement.terms.tlp]) ?? 'red', 'green') <= 0
  );
}

/** What is for some members goes to none but them. */
function isFor(db: Connection, { id, type }: StoredObject, member: MemberId): boolean {
  const addressed = db.prepare<{ member: string }>('select member from peer_addressed where id = ?').all(id);
  if (addressed.length === 0) return !remarks.has(type);
  return addressed.some((row) => row.member === member);
}

/** What was passed on and may not be any more: no way is left, or it is our own by now and another's no more. */
function draftOver(
  { id, own, leaseUntilUs }: StoredObject,
  way: Way | undefined,
  { db, self, outbox }: DraftDeps,
): EdgeDraft[] {
  if (own ? way === undefined : way !== undefined || leaseUntilUs === undefined) return [];
  return lentOrigins(db, outbox.ref, id)
    .filter((origin) => !own || origin !== self.id)
    .map((origin) => ({ body: { kind: 'ended', origin, id, reason: 'narrowed' }, print: 'ended' }));
}

/** An opinion goes on to those who hold what it is about; a sighting to nobody. */
function isRemarkFor(db: Connection, { type, text }: StoredObject, member: MemberId): boolean {
  if (type !== 'opinion') return false;
  const { object_refs: refs } = JSON.parse(text) as { object_refs?: unknown };
  if (!Array.isArray(refs)) return false;
  const holds = db.prepare(
    `select 1 from peer_edge e join peer_outbox o on o.ref = e.outbox_ref
     where e.object_ref in (select ref from peer_object where id = ?) and o.member = ? and e.state = ${edgeStates.lent}`,
  );
  return refs.slice(0, 16).some((ref) => typeof ref === 'string' && holds.get(ref, member) !== undefined);
}

function draftOf(object: StoredObject, way: Way, deps: DraftDeps): EdgeDraft[] | undefined {
  const { db, outbox, exit } = deps;
  const [admitted] = exit.admit([object]);
  const edge = findEdge(db, outbox.ref, object.id, way.origin);
  const lent =
    admitted === undefined
      ? undefined
      : way.lent === undefined
        ? draftOwn(admitted, deps)
        : draftRelayed(admitted, way.lent, deps);
  if (admitted === undefined || lent === undefined || !isGuardSatisfied(object.id, lent, deps)) {
    if (way.lent === undefined && isClosed(object.tlp)) return draftClosed(object.id, edge, deps);
    if (edge?.state !== edgeStates.lent) return undefined;
    return [{ body: { kind: 'ended', origin: way.origin, id: object.id, reason: 'law' }, print: 'ended' }];
  }
  if (edge?.state === edgeStates.lent && edge.print === lent.print) return undefined;
  return [...definitionsOf(admitted, deps), lent];
}

/** Takes back what nobody else may have any more: whoever kept the statement could lend it on, also to those it has ended for. */
function draftClosed(id: StixId, edge: Edge | undefined, deps: DraftDeps): EdgeDraft[] | undefined {
  const { self, statements, nowUs } = deps;
  const known = statements.find(id);
  if (known === undefined || edge === undefined || edge.state === edgeStates.recalled) return undefined;
  const stated = statements.recall(self, id, known, known.reason ?? 'narrowed', nowUs);
  return [{ body: { kind: 'recalled', ...stated, path: [self.id] }, print: 'recalled', stated }];
}

/** The second look, at the very bytes. */
function isGuardSatisfied(id: StixId, { body, text }: EdgeDraft, { exit, onFault }: DraftDeps): boolean {
  try {
    exit.guard.peer(JSON.stringify(body), text?.text ?? '');
    return true;
  } catch (error) {
    onFault(`Cannot lend ${id}`, error);
    return false;
  }
}

/** Whatever the store takes for ours: nothing is signed as our own but what a source of our own supplied. */
function draftOwn(admitted: AdmittedObject, deps: DraftDeps): EdgeDraft | undefined {
  const { object, text } = admitted;
  if (!deps.isOwnWord(object.id, object.text)) return undefined;
  const terms = termsOf(admitted, object.type, deps);
  const digest = digestOfObject(text, deps.sha256);
  const stated = deps.statements.find(object.id);
  // What was recalled stays so until it says something else, or until its label lets it go again.
  const isTakenBack = stated?.recalled === 1 && stated.reason !== 'narrowed';
  if (isTakenBack && stated.digest === digest) return undefined;
  const about = { id: object.id, text, digest, stated };
  return terms === undefined ? undefined : stateOwn(about, terms, admitted.decision.reasons, deps);
}

/**
 * Markings whoever gets it must be able to read: as objects of ours, under the same terms. Those others defined are theirs to
 * lend; whoever cannot read one handles what bears it strictly.
 */
function definitionsOf(admitted: AdmittedObject, deps: DraftDeps): readonly EdgeDraft[] {
  if (admitted.definitions.length === 0) return none;
  const terms = termsOf(admitted, 'marking-definition', deps);
  if (terms === undefined) return [];
  return admitted.definitions.flatMap((text) => {
    const id = (JSON.parse(text) as { id: StixId }).id;
    if (!deps.isOwnWord(id, text)) return [];
    const open = { stated: { ...terms.stated, audience: null }, lent: { ...terms.lent, audience: null } };
    const about = { id, text, digest: digestOfObject(text, deps.sha256), stated: deps.statements.find(id) };
    const draft = stateOwn(about, open, admitted.decision.reasons, deps);
    return findEdge(deps.db, deps.outbox.ref, id, deps.self.id)?.print === draft.print ? [] : [draft];
  });
}

/** Content of ours, and what was stated last under its id. */
interface OwnWord {
  readonly id: StixId;
  readonly text: string;
  readonly digest: string;
  readonly stated: Stated | undefined;
}

/** States an object under the widest terms it has for anybody, and lends it to this member under its own. */
function stateOwn(
  { id, text, digest, stated: known }: OwnWord,
  { stated: widest, lent: terms }: OwnTerms,
  reasons: AdmittedObject['decision']['reasons'],
  { self, statements, sha256, nowUs }: DraftDeps,
): EdgeDraft {
  const version = statements.versionOf(known, digest);
  const standing = statements.findStanding(known, digest, widest, terms.leaseUntil);
  const about = { id, version, digest, terms: standing?.terms ?? widest };
  const statement = stateActive(self, about, standing?.atUs ?? instantFor(known, nowUs));
  return {
    body: { kind: 'lent', statement, signature: '', path: [self.id], terms, isStanding: true, why: whyOf(reasons) },
    text: { digest, text },
    print: printOf([digest, terms.tlp, terms.pap, terms.hops, ...(terms.audience ?? [])], sha256),
    unsigned: statement,
  };
}

/** Signs what drafts state, together: that is a good part of what one costs, and other threads can do it. */
export async function signDrafts(drafts: readonly EdgeDraft[], self: Identity): Promise<readonly EdgeDraft[]> {
  return await Promise.all(
    drafts.map(async ({ unsigned: statement, ...draft }): Promise<EdgeDraft> => {
      if (statement === undefined || draft.body.kind !== 'lent') return draft;
      const signature = base64Of(await self.signLater(statementBytes(statement)));
      return { ...draft, body: { ...draft.body, statement, signature }, stated: { statement, signature } };
    }),
  );
}

function draftRelayed(
  admitted: AdmittedObject,
  lent: Lent,
  { self, handling, sha256 }: DraftDeps,
): EdgeDraft | undefined {
  const { object, tlp, facets } = admitted;
  const { signed, path, terms: given } = lent;
  // Its origin may have narrowed it since, by another way.
  const { terms: stated } = signed.statement;
  const label = strictestTlp([given.tlp, stated.tlp, tlp, handling.tlp]);
  if (label === 'red') return undefined;
  const terms: Terms = {
    tlp: label,
    pap: strictestPap([given.pap ?? 'amber', stated.pap ?? 'amber', facets.pap ?? 'amber']) ?? null,
    hops: Math.min(given.hops - 1, handling.hops, stated.hops - path.length),
    leaseUntil: given.leaseUntil < stated.leaseUntil ? given.leaseUntil : stated.leaseUntil,
    audience:
      stated.audience === null
        ? given.audience
        : (given.audience?.filter((each) => stated.audience!.includes(each)) ?? stated.audience),
  };
  if (terms.hops < 0 || !isWithin(terms, stated, path.length)) return undefined;
  const { digest } = signed.statement;
  return {
    body: {
      kind: 'lent',
      ...signed,
      path: [...path, self.id],
      terms,
      isStanding: false,
      why: whyOf(admitted.decision.reasons),
    },
    text: { digest, text: object.text },
    // A renewed statement is passed on: its lease is the only one relayed objects have. So is one under a new key: the old one counts no more.
    print: printOf(
      [signed.signature, digest, terms.tlp, terms.pap, terms.hops, terms.leaseUntil, ...(terms.audience ?? [])],
      sha256,
    ),
  };
}

/** Conditions of an object of ours: those that are stated, the same for all members, and those of this member, as narrow or narrower. */
interface OwnTerms {
  readonly stated: Terms;
  readonly lent: Terms;
}

function termsOf({ object, tlp, facets }: AdmittedObject, type: string, deps: DraftDeps): OwnTerms | undefined {
  const { handling, widest, nowUs, db } = deps;
  const label = strictestTlp([tlp, handling.tlp]);
  if (tlp === 'red' || label === 'red') return undefined;
  const kind = reports.has(type) ? 'report' : 'indicator';
  const addressed = db
    .prepare<{ member: MemberId }>('select member from peer_addressed where id = ? order by member')
    .all(object.id);
  // An opinion is told the origin, who tells those who hold the same.
  const audience = type === 'opinion' || addressed.length === 0 ? null : addressed.map(({ member }) => member);
  const pap = facets.pap ?? null;
  const leaseUntil = timestampOfUs(nowUs + handling.leaseDays[kind] * dayUs);
  // To the end of the day after: for a day, whoever it is stated to is told the same.
  const stateUntil = timestampOfUs((Math.ceil(nowUs / dayUs) + widest.leaseDays[kind] + 1) * dayUs);
  return {
    stated: { tlp, pap, hops: isNarrow(tlp) ? 0 : widest.hops, leaseUntil: stateUntil, audience },
    lent: { tlp: label, pap, hops: isNarrow(label) ? 0 : handling.hops, leaseUntil, audience },
  };
}

/** What nobody outside may have, whatever the law. */
function isClosed(label: AdmittedObject['tlp']): boolean {
  return label === 'amber+strict' || label === 'red';
}

/** What never goes sideways to another member. */
function isNarrow(label: Terms['tlp']): boolean {
  return label === 'amber' || label === 'amber+strict';
}

const none: readonly EdgeDraft[] = [];

function whyOf(reasons: AdmittedObject['decision']['reasons']): string[] {
  return reasons.slice(0, 16).map(({ ruleId, citation }) => plainText(`${ruleId}: ${citation}`));
}

/** One line, without signs that hide or turn text. */
function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 300);
}
