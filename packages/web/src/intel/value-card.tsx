import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Popover } from 'react-aria-components';
import { useEffect, useMemo, useRef } from 'react';
import type { JSX } from 'react';
import type { ValueCard } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Button } from '../kit/button.tsx';
import { KindMark, StateMark, TlpChip } from '../kit/chips.tsx';
import { copyText } from '../kit/copy.ts';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { closeValueCard } from '../kit/value-card-target.ts';
import type { ValueCardTarget } from '../kit/value-card-target.ts';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

export interface ValueCardPopoverProps {
  readonly target: ValueCardTarget;
}

/** What the node knows about a value, in one look, beside where the value stands. */
export default function ValueCardPopover({ target }: ValueCardPopoverProps): JSX.Element {
  const { say } = useWords();
  const { element, value, isAsked } = target;
  const triggerRef = useMemo(() => ({ current: element }), [element]);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsked) body.current?.focus();
  }, [isAsked]);
  const card = useQuery({
    queryKey: ['lookup', value],
    queryFn: ({ signal }) => node.lookup({ query: { value } }, { signal }),
  });
  return (
    <Popover
      className="popover value-card"
      triggerRef={triggerRef}
      isOpen
      isNonModal
      onOpenChange={(open) => {
        if (!open) closeValueCard();
      }}
      placement="bottom start"
      offset={6}
    >
      <div
        ref={body}
        className="value-card-body"
        role="dialog"
        tabIndex={-1}
        aria-label={say('card.label', { value: value })}
      >
        <p className="value-card-value" dir="ltr">
          {visibleText(value)}
        </p>
        {card.isPending && <Skeleton lines={3} />}
        {card.isError && <ProblemNote error={card.error} />}
        {card.data && <Known card={card.data} />}
      </div>
    </Popover>
  );
}

function Known({ card }: { readonly card: ValueCard }): JSX.Element {
  const { say, figures } = useWords();
  const first = card.indicators[0];
  return (
    <>
      <p className="value-card-line">
        <KindMark kind={card.kind} />
        {first ? <StateMark state={first.state} /> : <span className="muted">{say('card.notListed')}</span>}
        {first && <TlpChip tlp={first.tlp} />}
      </p>
      {first && (
        <p>
          {say('card.sources', { count: first.sourceCount, names: figures.list(first.sources) })}{' '}
          <span className="muted">
            {say('card.lastListed')} <Moment at={first.lastSeenAt} />
          </span>
        </p>
      )}
      {first && (
        <p className="muted">
          <Untrusted text={first.stateReason} />
        </p>
      )}
      <p>
        {say('card.matches', { count: card.matchCount })}{' '}
        {card.lastMatchAt !== undefined && (
          <span className="muted">
            {say('card.lastMatch')} <Moment at={card.lastMatchAt} />
          </span>
        )}
      </p>
      {card.knownGood && (
        <p className="value-card-good">
          {say('card.knownGood', { list: card.knownGood.list, entry: card.knownGood.entry })}
        </p>
      )}
      <div className="value-card-acts">
        <Button
          icon="copy"
          onPress={() => void copyText(card.defanged, say('copied.defanged', { value: card.defanged }))}
        >
          {say('act.copyDefanged')}
        </Button>
        <Button look="quiet" onPress={() => void copyText(card.value, say('copied.live'))}>
          {say('act.copyLive')}
        </Button>
        {first && (
          <Link className="button button-quiet" to="/intel" search={{ open: first.id }} onClick={closeValueCard}>
            {say('act.open')}
          </Link>
        )}
      </div>
    </>
  );
}
