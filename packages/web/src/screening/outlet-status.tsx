import type { JSX } from 'react';
import type { OutletView } from '@comity/protocol/api';
import { Icon } from '../kit/icon.tsx';
import type { IconName } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { useWords } from '../words/use-words.ts';

const icons: Record<OutletView['status'], IconName> = {
  paused: 'pause',
  failing: 'warning',
  sending: 'refresh',
  waiting: 'check',
};

/** How an outlet does, and since when where it fails. */
export function OutletStatus({ outlet }: { readonly outlet: OutletView }): JSX.Element {
  const { say } = useWords();
  return (
    <span className={`status status-${outlet.status}`}>
      <Icon name={icons[outlet.status]} />
      <span>
        {say(`outlet.${outlet.status}`)}{' '}
        {outlet.status === 'failing' && outlet.failingSince !== undefined && (
          <Moment at={outlet.failingSince} form="span" />
        )}
      </span>
    </span>
  );
}
