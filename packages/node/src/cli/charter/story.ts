import { shortMemberId } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { findText } from '@comity/protocol/charter';
import type { Action, Decision, History, Tally } from '@comity/protocol/charter';
import type { Sha256 } from '@comity/protocol/tlog';

/** Names of members as their newest descriptors have them. */
export function namesOf({ descriptors }: Pick<History, 'descriptors'>): ReadonlyMap<string, string> {
  return new Map(
    descriptors.flatMap((chain) => chain.slice(-1).map(({ member, body }) => [member, body.name] as const)),
  );
}

/** What came of one vote, in plain words: a line, the reason it was proposed for, and a line for each no and each ballot that does not count. */
export function storyOf(
  decision: Decision,
  { outcome, faults, count, electorate, confirmers, next, suspension }: Tally,
  names: ReadonlyMap<string, string>,
  sha256: Sha256,
): string[] {
  const nameOf = (member: string): string => names.get(member) ?? shortMemberId(member as MemberId);
  const { action, closesAt, rationale, sponsors } = decision.proposal;
  const votes = `${count.yes} yes of ${electorate.needed} needed, ${count.no} no, ${count.abstain} abstain`;
  const confirmed = suspension === undefined && next !== undefined ? `, ${confirmers.size} confirmed` : '';
  const result = next === undefined ? outcome : `${outcome}, charter ${next.charter.number}`;
  const why = findText(decision, rationale, sha256);
  return [
    `${closesAt.slice(0, 10)} ${titleOf(action, nameOf)}: ${result} (${votes}${confirmed})`,
    `  put forward by ${sponsors.map(nameOf).join(', ')}${why === undefined ? '' : `: ${why}`}`,
    ...faults.map((fault) => `  cannot be decided: ${fault}`),
    ...count.counted
      .filter(({ choice }) => choice === 'no')
      .map(({ member, reason }) => `  no of ${nameOf(member)}${reasonOf(decision, reason, sha256)}`),
    ...count.refused.map(({ member, fault }) => `  a ballot of ${nameOf(member)} does not count: ${fault}`),
  ];
}

function reasonOf(decision: Decision, reason: string | undefined, sha256: Sha256): string {
  const text = reason === undefined ? undefined : findText(decision, reason, sha256);
  return text === undefined ? '' : `: ${text}`;
}

function titleOf(action: Action, nameOf: (member: string) => string): string {
  switch (action.type) {
    case 'recover':
      return `${nameOf(action.member)} goes on as ${nameOf(action.successor)}`;
    case 'emergency':
      return `keep ${nameOf(action.member)} from common goods until ${action.until.slice(0, 10)}`;
    case 'admit':
    case 'expel':
    case 'suspend':
    case 'reinstate':
      return `${action.type} ${nameOf(action.member)}`;
    case 'amend':
    case 'amend-entrenched':
      return `${action.type} ${Object.keys(action)
        .filter((key) => key !== 'type')
        .join(', ')}`;
    case 'blocklist':
      return 'change the criteria of the common blocklist';
    case 'reaffirm':
      return `re-affirm the charter, ${action.terms} ${action.terms === 1 ? 'term' : 'terms'}`;
  }
}
