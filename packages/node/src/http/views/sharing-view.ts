import type { z } from 'zod';
import { timestampOfUs } from '@comity/protocol/base';
import type { routes } from '@comity/protocol/api';
import type { Explained, KeptDecision, Law, LawDiff, LawEntry, Recipient, ShareCounts } from '../../sharing/index.ts';
import { optional, optionalInstant } from './instants.ts';

type Answer<
  N extends 'getLaw' | 'explainSharing' | 'explainCollection' | 'listSharingDecisions' | 'listRecipients' | 'diffLaw',
> = z.input<(typeof routes)[N]['response']>;

export function recipientView(recipient: Recipient): Answer<'listRecipients'>['rows'][number] {
  const { key, kind, name, sector, country, groups, tokenId } = recipient;
  return { key, kind, name, sector, country, groups: [...groups], ...optional('tokenId', tokenId) };
}

export function explainedView({ recipient, action, decision }: Explained): Answer<'explainSharing'>['rows'][number] {
  const { result, reasons, obligations } = decision;
  const { key, name } = recipient;
  return { recipient: key, name, action, result, reasons: [...reasons], obligations: [...obligations] };
}

export function collectionShareView(
  { recipient: { key, name }, reasons, ...counted }: ShareCounts['rows'][number],
  isInAudience: boolean,
): Answer<'explainCollection'>['rows'][number] {
  return { recipient: key, name, isInAudience, ...counted, reasons: [...reasons] };
}

export function lawView({ hash, text, rules, warnings }: Law): Answer<'getLaw'>['law'] {
  return { hash, text, rules: [...rules], warnings: [...warnings] };
}

export function lawEntryView(entry: LawEntry): Answer<'getLaw'>['entry'] {
  const { hash, name, state, proposedBy, proposedUs, activatedBy, activatedUs } = entry;
  return {
    hash,
    name,
    state,
    proposedBy,
    proposedAt: timestampOfUs(proposedUs),
    ...optional('activatedBy', activatedBy),
    ...optionalInstant('activatedAt', activatedUs),
  };
}

export function lawDiffView({ changes, ...rest }: LawDiff): Answer<'diffLaw'> {
  return {
    ...rest,
    changes: changes.map(({ examples, ...change }) => ({
      ...change,
      examples: examples.map(({ id, reasons }) => ({ id, reasons: [...reasons] })),
    })),
  };
}

export function keptDecisionView(
  kept: KeptDecision,
  reasons: Explained['decision']['reasons'],
): Answer<'listSharingDecisions'>['rows'][number] {
  const { object, modifiedUs, recipient, action, result, ruleIds, lawHash, firstUs, lastUs, count } = kept;
  return {
    ...optional('object', object),
    ...optionalInstant('modifiedAt', modifiedUs),
    recipient,
    action,
    result,
    ruleIds: [...ruleIds],
    reasons: [...reasons],
    lawHash,
    firstAt: timestampOfUs(firstUs),
    lastAt: timestampOfUs(lastUs),
    count,
  };
}
