import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { MemberView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Trail } from '../kit/trail.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { memberQuery, ownMemberQuery } from './federation-queries.ts';
import { MemberActs } from './member-acts.tsx';
import { MemberExchange } from './member-exchange.tsx';
import { MemberKeys } from './member-keys.tsx';
import { MemberLedger } from './member-ledger.tsx';
import { MemberMark, Notice } from './member-marks.tsx';
import { Compare, MemberSaying } from './member-saying.tsx';

const route = getRouteApi('/federation/members/$id');

/** One member: who it is, what goes between us, what it writes down; or this one, as others see it. */
export default function MemberPlace(): JSX.Element {
  const { say } = useWords();
  const { id } = route.useParams();
  const self = useQuery(ownMemberQuery);
  const own = self.data?.member;
  if (self.isPending) {
    return (
      <Place title={say('fed.members')}>
        <Skeleton />
      </Place>
    );
  }
  if (own?.id !== id) return <Other id={id} />;
  return (
    <Place title={visibleText(own.name)} heading={<Trail from="federation" name={visibleText(own.name)} />}>
      <div className="fed-column">
        <p className="muted">{say('member.own')}</p>
        <Compare member={own} />
        <MemberSaying member={own} />
        <MemberKeys id={own.id} />
      </div>
    </Place>
  );
}

function Other({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const member = useQuery(memberQuery(id));
  const name = member.data === undefined ? say('fed.members') : visibleText(member.data.name);
  return (
    <Place title={name} heading={<Trail from="federation" name={name} />}>
      {member.isPending && <Skeleton />}
      {member.isError && <ProblemNote error={member.error} onRetry={() => void member.refetch()} />}
      {member.data && <Details member={member.data} />}
    </Place>
  );
}

function Details({ member }: { readonly member: MemberView }): JSX.Element {
  const { say } = useWords();
  const isKnown = member.state === 'joined' || member.state === 'suspended';
  return (
    <div className="fed-column">
      <div className="fed-member-head">
        <MemberMark member={member} />
        <span className="muted">
          {say(member.source === 'we-invited' ? 'member.weInvited' : 'member.theyInvited')}{' '}
          {isKnown && (
            <bdi className="mono" dir="ltr">
              member:{visibleText(member.handle)}
            </bdi>
          )}
        </span>
      </div>
      {member.isFrozen && (
        <Notice tone="critical">
          <p>{say('member.frozen')}</p>
        </Notice>
      )}
      {member.lastError !== undefined && (
        <Notice tone="warning">
          <p>{say('member.unreached')}</p>
          <p className="muted" lang="en">
            <Untrusted text={member.lastError} />
          </p>
        </Notice>
      )}
      {member.state === 'asked' && (
        <Notice tone="asks">
          <p>{say('member.asked.text', { name: member.name })}</p>
        </Notice>
      )}
      <Compare member={member} />
      <MemberActs member={member} />
      <MemberSaying member={member} />
      {isKnown && <MemberExchange member={member} />}
      {isKnown && <MemberLedger id={member.id} />}
      <MemberKeys id={member.id} />
    </div>
  );
}
