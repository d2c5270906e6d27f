import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { LookupAnswerView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { sessionQuery } from '../app/shared-queries.ts';
import { TlpChip } from '../kit/chips.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import type { IconName } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { membersQuery, offersQuery } from './federation-queries.ts';
import { FederationTabs } from './federation-tabs.tsx';

const valuesMax = 1000;

/** Asking a member about values without telling it which, and what members may ask about here. */
export default function LookupPlace(): JSX.Element {
  const { say } = useWords();
  const members = useQuery(membersQuery);
  const mayAsk = useQuery(sessionQuery).data?.scopes.includes('write') ?? false;
  const joined = (members.data?.rows ?? []).filter(({ state }) => state === 'joined');
  return (
    <Place title={say('fed.lookup')} heading={say('place.federation')} aside={<FederationTabs />}>
      <div className="fed-column">
        <p className="muted">{say('lookup.lead')}</p>
        {members.isPending && <Skeleton />}
        {members.isError && <ProblemNote error={members.error} onRetry={() => void members.refetch()} />}
        {members.data && joined.length === 0 && (
          <EmptyPlace title={say('lookup.nobody')}>{say('lookup.nobody.text')}</EmptyPlace>
        )}
        {joined.length > 0 && !mayAsk && <p className="muted">{say('lookup.notAllowed')}</p>}
        {joined.length > 0 && mayAsk && <Ask members={joined} />}
        <Offers />
      </div>
    </Place>
  );
}

function Ask({
  members,
}: {
  readonly members: readonly { readonly handle: string; readonly name: string }[];
}): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const [handle, setHandle] = useState(members[0]?.handle ?? '');
  const [text, setText] = useState('');
  const values = [...new Set(text.split(/[\s,]+/).filter((value) => value !== ''))];
  const name = members.find((member) => member.handle === handle)?.name ?? handle;
  const ask = useMutation({
    mutationFn: () => node.askMember({ body: { member: `member:${handle}`, values } }),
  });
  const isTooMany = values.length > valuesMax;
  return (
    <>
      <section className="fed-card" aria-label={say('fed.lookup')}>
        <Form work={ask} act={say('lookup.ask', { count: values.length })} isReady={values.length > 0 && !isTooMany}>
          <Choice
            label={say('lookup.member')}
            value={handle}
            onChange={setHandle}
            items={members.map((member) => ({ id: member.handle, name: visibleText(member.name) }))}
          />
          <TextField
            label={say('lookup.values')}
            hint={say('lookup.values.hint')}
            error={isTooMany ? say('lookup.tooMany', { max: figures.count(valuesMax) }) : undefined}
            value={text}
            onChange={setText}
            placeholder={'evil.example\n198.51.100.7'}
            lines={5}
            mono
          />
          <div className="fed-leak">
            <p className="strong">{say('lookup.learns', { name })}</p>
            <ul className="fed-list">
              <li>{say('lookup.learns.that')}</li>
              <li>{say('lookup.learns.many')}</li>
              <li>{say('lookup.learns.buckets')}</li>
              <li>{say('lookup.learns.not')}</li>
            </ul>
          </div>
        </Form>
      </section>
      {ask.data && <Answer answer={ask.data} name={name} />}
    </>
  );
}

const icons: Record<LookupAnswerView['values'][number]['outcome'], IconName> = {
  there: 'alarm',
  here: 'check',
  none: 'recorded',
  unreadable: 'warning',
};

function Answer({ answer, name }: { readonly answer: LookupAnswerView; readonly name: string }): JSX.Element {
  const words = useWords();
  const { say } = words;
  return (
    <section className="section" aria-live="polite">
      <h2>{say('lookup.answer', { name })}</h2>
      <p className="sentence muted">{leakSentence(answer.leak, name, words)}</p>
      <ul className="fed-objects">
        {answer.values.map(({ text, value, outcome, listed, record }) => (
          <li key={text}>
            <ValueText value={value?.value ?? text} silent={value === undefined} focusable={value !== undefined} />
            <span className={outcome === 'there' ? 'status alarm' : 'status status-waiting'}>
              <Icon name={icons[outcome]} />
              {say(`lookup.${outcome}`)}
            </span>
            {listed !== undefined && listed.value !== value?.value && (
              <span className="muted">
                {say('lookup.listedAs')} <ValueText value={listed.value} silent />
              </span>
            )}
            {record && (
              <span className="fed-record">
                <Untrusted text={record.name} /> <TlpChip tlp={record.tlp} />
                {record.labels.length > 0 && <span className="muted">{words.figures.list(record.labels)}</span>}
                {!record.decides && <span className="muted">{say('lookup.partly')}</span>}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function leakSentence(
  { wasAsked, evaluated, records, buckets, bucketsOf }: LookupAnswerView['leak'],
  name: string,
  { say, figures }: Words,
): string {
  if (!wasAsked) return say('lookup.leak.none', { name });
  return [
    say('lookup.leak.asked', { name, count: evaluated }),
    say(`lookup.leak.records.${records}`, { buckets: figures.count(buckets), of: figures.count(bucketsOf) }),
  ].join(' ');
}

/** What members may ask about here, and how much they did. */
function Offers(): JSX.Element {
  const { say, figures } = useWords();
  const offers = useQuery(offersQuery);
  return (
    <section className="section">
      <h2>{say('lookup.offers')}</h2>
      {offers.isError && <ProblemNote error={offers.error} onRetry={() => void offers.refetch()} />}
      {offers.data?.rows.length === 0 && <p className="muted">{say('lookup.offers.none')}</p>}
      <ul className="fed-objects">
        {offers.data?.rows.map(({ recipient, values, askedToday, withheld, lastAskedAt }) => (
          <li key={recipient}>
            <bdi className="mono" dir="ltr">
              {visibleText(recipient)}
            </bdi>
            <span>{say('lookup.offers.values', { count: values })}</span>
            <span className="muted">{say('lookup.offers.asked', { count: askedToday })}</span>
            {withheld > 0 && (
              <span className="muted">{say('lookup.offers.withheld', { count: figures.count(withheld) })}</span>
            )}
            {lastAskedAt !== undefined && (
              <span className="muted">
                <Moment at={lastAskedAt} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
