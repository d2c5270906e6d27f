import { timestampOfUs } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import type { Action } from './action.ts';
import { charterHash, isWhole, missedMax } from './charter.ts';
import type { Charter, CharterMember } from './charter.ts';
import { mayVote } from './electorate.ts';
import { areWitnessesUsable } from './derive.ts';
import { dayUs, usOf } from './forms.ts';
import type { Proposal } from './proposal.ts';

/** What a proposal does, whoever votes how. */
export type Proposed = Pick<Proposal, 'action' | 'absent' | 'left'>;

/**
 * The charter a proposal makes of its base. It comes of these two alone, and of no ballot and no clock: so whoever holds the decision,
 * in whichever form it was assembled, holds the same charter.
 *
 * @returns undefined when the action cannot be done to this charter: it admits who is a member, changes an entrenched article without
 *   being about those, or is an emergency, which makes none.
 */
export function nextCharter(charter: Charter, proposed: Proposed, sha256: Sha256): Charter | undefined {
  return nextOf({ charter, hash: charterHash(charter, sha256) }, proposed, sha256);
}

/** A charter with its hash, which takes as long as all else. */
export interface HashedCharter {
  readonly charter: Charter;
  readonly hash: string;
}

/** {@link nextCharter} of a charter whose hash is known. */
export function nextOf({ charter, hash }: HashedCharter, proposed: Proposed, sha256: Sha256): Charter | undefined {
  const changed = applyAction(charter, proposed.action);
  if (changed === undefined) return undefined;
  const { forkedFrom: _, ...kept } = changed;
  const next: Charter = {
    ...kept,
    members: withTurnout(changed.members, proposed),
    number: charter.number + 1,
    federation: charter.federation ?? hash,
    previous: hash,
  };
  return isWhole(next) && hasArticles(next) && areWitnessesUsable(next, sha256) ? next : undefined;
}

/** Every rule on sharing comes of an article. */
function hasArticles({ articles, sharing }: Charter): boolean {
  return sharing.every(({ article }) => articles.some(({ id }) => id === article));
}

function withTurnout(members: readonly CharterMember[], { absent, left = [] }: Proposed): CharterMember[] {
  const struck = new Set(left.map(({ member }) => member));
  const stay = members.filter(({ member }) => !struck.has(member));
  if (absent === undefined) return stay;
  const missing = new Set(absent);
  return stay.map((each) => {
    if (!mayVote(each)) return each;
    return { ...each, missed: missing.has(each.member) ? Math.min(each.missed + 1, missedMax) : 0 };
  });
}

function applyAction(charter: Charter, action: Action): Charter | undefined {
  switch (action.type) {
    case 'amend':
      return amend(charter, action);
    case 'amend-entrenched': {
      const { articles, rule = charter.rules['amend-entrenched'], colludingMax = charter.colludingMax } = action;
      return changeArticles(
        { ...charter, rules: { ...charter.rules, 'amend-entrenched': rule }, colludingMax },
        articles,
      );
    }
    case 'admit':
      return replaceMember(charter, undefined, action.member);
    case 'expel':
      return replaceMember(charter, action.member, undefined);
    case 'recover':
      return replaceMember(charter, action.member, action.successor);
    case 'suspend':
      return changeStatus(charter, action.member, 'suspended');
    case 'reinstate':
      return changeStatus(charter, action.member, 'active');
    case 'blocklist':
      return { ...charter, blocklist: action.blocklist };
    case 'reaffirm': {
      const us = usOf(charter.expiresAt) + action.terms * charter.termDays * dayUs;
      return { ...charter, expiresAt: timestampOfUs(us) };
    }
    case 'emergency':
      return undefined;
  }
}

type Amendment = Extract<Action, { type: 'amend' }>;

function amend(charter: Charter, action: Amendment): Charter | undefined {
  const { type: _, rules, articles, ...rest } = action;
  const { set = [], remove = [] } = articles ?? {};
  const touched = new Set([...set.map(({ id }) => id), ...remove]);
  if (charter.articles.some(({ id, entrenched }) => entrenched && touched.has(id))) return undefined;
  return changeArticles(
    { ...charter, ...(rest as Partial<Charter>), rules: { ...charter.rules, ...(rules as object) } },
    articles,
  );
}

type Articles = Extract<Action, { type: 'amend-entrenched' }>['articles'];

function changeArticles(charter: Charter, change: Articles): Charter | undefined {
  const { set = [], remove = [] } = change ?? {};
  const articles = new Map(charter.articles.map((article) => [article.id, article]));
  if (!remove.every((id) => articles.delete(id))) return undefined;
  for (const article of set) articles.set(article.id, article);
  return { ...charter, articles: [...articles.values()].toSorted((one, other) => order(one.id, other.id)) };
}

/** One member in place of another, or of none. Whoever follows a member that is suspended is. */
function replaceMember(charter: Charter, old: string | undefined, coming: string | undefined): Charter | undefined {
  const kept = charter.members.filter(({ member }) => member !== old);
  if (old !== undefined && kept.length === charter.members.length) return undefined;
  if (coming === undefined) return { ...charter, members: kept };
  if (charter.members.some(({ member }) => member === coming)) return undefined;
  const status = charter.members.find(({ member }) => member === old)?.status ?? 'active';
  const members = [...kept, { member: coming, status, missed: 0, since: charter.number + 1 }];
  return { ...charter, members: members.toSorted((one, other) => order(one.member, other.member)) };
}

function changeStatus(charter: Charter, id: string, status: CharterMember['status']): Charter | undefined {
  if (!charter.members.some((each) => each.member === id && each.status !== status)) return undefined;
  const members = charter.members.map((each) => (each.member === id ? { ...each, status, missed: 0 } : each));
  return { ...charter, members };
}

const order = (one: string, other: string): number => (one < other ? -1 : 1);
