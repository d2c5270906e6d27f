import type { IntelObjectView, IntelRow as IntelRowView } from '@comity/protocol/api';
import { timestampOfUs } from '@comity/protocol/base';
import { tlpLabel, unreadMarkingTlp } from '@comity/protocol/markings';
import type { Markings } from '@comity/protocol/markings';
import { validateBundle } from '@comity/protocol/stix';
import type { IntelDetail, IntelRow, IntelSource } from '../../intel/index.ts';
import { optional, optionalInstant } from './instants.ts';
import { withoutPassword } from './without-password.ts';

/** @param matchCount - matches of the row's values. */
export function intelRowView(row: IntelRow, matchCount: number): IntelRowView {
  return {
    id: row.id,
    type: row.type,
    name: row.name ?? '',
    ...optional('pattern', row.pattern),
    values: row.values.slice(0, 3),
    valueCount: row.valueCount,
    state: row.state,
    stateReason: row.reason,
    tlp: row.tlp,
    confidence: row.confidence,
    labels: [...row.labels],
    sources: row.sources.slice(0, 3).map((source) => source.name),
    sourceCount: row.sources.length,
    firstSeenAt: timestampOfUs(row.firstSeenUs),
    lastSeenAt: timestampOfUs(row.lastSeenUs),
    ...optionalInstant('validUntil', row.validUntilUs),
    matchCount,
  };
}

export function intelSourceView(source: IntelSource) {
  const { id, name, kind, reliability, defaultTlp, own = false } = source;
  return {
    id,
    name,
    kind,
    reliability,
    defaultTlp,
    own,
    ...optional('url', source.url === undefined ? undefined : withoutPassword(source.url)),
  };
}

const refsNamed = 3;

/** Why an object is handled more strictly than what of its markings can be read says. */
function heldReason({ unknownRefs }: Pick<Markings, 'unknownRefs'>): string | undefined {
  if (unknownRefs.length === 0) return undefined;
  const more = unknownRefs.length - refsNamed;
  const named = unknownRefs.slice(0, refsNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Handled as ${tlpLabel(unreadMarkingTlp)} at least: it bears a marking that cannot be read here (${named})`;
}

export function intelObjectView(detail: IntelDetail, matchCount: number): IntelObjectView {
  const live = detail.versions.find((version) => version.live) ?? detail.versions[0];
  const { markings } = detail;
  const cut = detail.correlations.filter((one) => one.cutOff);
  const held = detail.allValues.find((value) => value.heldBy !== undefined)?.heldBy;
  const released = detail.allValues.find((value) => value.released !== undefined)?.released;
  return {
    ...intelRowView(detail, matchCount),
    values: detail.allValues.map(({ kind, value, port }) => ({ kind, value, ...optional('port', port) })),
    text: live?.text ?? '',
    ...(detail.plan !== undefined && {
      screened: { complete: detail.plan.complete, ...optional('reason', detail.plan.reason) },
    }),
    markings: {
      tlp: detail.tlp,
      tlpFrom: markings.tlp === undefined ? 'source default' : 'object',
      ...optional('tlpReason', heldReason(markings)),
      ...optional('pap', detail.pap),
      ...optional('iep', markings.iep?.name),
      statements: [...markings.statements],
    },
    provenance: detail.provenance.map((one) => ({
      source: intelSourceView(one.source),
      ...optional('foreignId', one.foreignId),
      ...optional('confidence', one.confidence),
      firstSeenAt: timestampOfUs(one.firstSeenUs),
      lastSeenAt: timestampOfUs(one.lastSeenUs),
    })),
    versions: detail.versions.map((version) => ({
      modifiedAt: timestampOfUs(version.modifiedUs ?? version.receivedUs),
      conflict: version.conflict,
      live: version.live,
      source: version.source,
    })),
    correlations: detail.correlations.flatMap(({ value, objects }) =>
      objects.map((other) => ({ id: other.id, type: other.type, name: other.name ?? '', via: value })),
    ),
    ...(cut.length > 0 && { correlationsCut: correlationsCutText(cut) }),
    relationships: detail.relations.map((relation) => ({
      id: relation.by,
      type: relation.type,
      direction: relation.direction,
      otherId: relation.other,
      otherName: relation.otherName ?? '',
    })),
    ...optional('knownGood', held),
    ...findingsOf(live?.text ?? ''),
    ...(released !== undefined && {
      release: { by: released.by, at: timestampOfUs(released.atUs), reason: released.reason },
    }),
  };
}

const findingsShown = 50;

/** What the standard says of the text, errors first. */
function findingsOf(text: string): Pick<IntelObjectView, 'findings' | 'findingCount'> {
  const all = validateBundle(text);
  const sorted = [
    ...all.filter(({ severity }) => severity === 'error'),
    ...all.filter((one) => one.severity !== 'error'),
  ];
  const findings = sorted
    .slice(0, findingsShown)
    .map(({ severity, code, path, message, section }) => ({ severity, code, path, message, section }));
  return { findings, findingCount: all.length };
}

function correlationsCutText(cut: IntelDetail['correlations']): string {
  const named = cut.slice(0, 3).map((one) => one.value.value);
  const more = cut.length - named.length;
  const values = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
  return `Left out because they occur in so many objects that it says nothing: ${values}`;
}
