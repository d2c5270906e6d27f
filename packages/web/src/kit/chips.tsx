import type { JSX } from 'react';
import type { IndicatorState, IntelRow } from '@comity/protocol/api';
import type { ValueKind } from '@comity/protocol/values';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';

type Tlp = IntelRow['tlp'];

/** TLP 2.0, section 4: the label in capitals, in its colour, on black. */
export function TlpChip({ tlp }: { readonly tlp: Tlp }): JSX.Element {
  return (
    <bdi className={`tlp tlp-${tlp.replace('+strict', '')}`} dir="ltr">
      TLP:{tlp.toUpperCase()}
    </bdi>
  );
}

const stateIcons: Readonly<Record<string, IconName>> = {
  active: 'check',
  pending: 'clock',
  'held-back': 'shield',
  recalled: 'revoked',
  'lease-ended': 'clock',
  revoked: 'revoked',
  expired: 'clock',
  decayed: 'clock',
};

export function StateMark({
  state,
  reason,
}: {
  readonly state: IndicatorState;
  readonly reason?: string;
}): JSX.Element {
  const { say } = useWords();
  return (
    <span className={`state state-${state}`} title={reason === undefined ? undefined : visibleText(reason)}>
      <Icon name={stateIcons[state] ?? 'clock'} />
      {say(`state.${state}`)}
    </span>
  );
}

export function KindMark({ kind }: { readonly kind: ValueKind }): JSX.Element {
  const { say } = useWords();
  return <span className="kind">{say(`kind.${kind}`)}</span>;
}

/** Whether a match raises an alarm or is only recorded. */
export function AlarmMark({
  alarm,
  wordless = false,
}: {
  readonly alarm: boolean;
  readonly wordless?: boolean;
}): JSX.Element {
  const { say } = useWords();
  const word = say(alarm ? 'match.alarm' : 'match.recorded');
  return (
    <span className={alarm ? 'alarm' : 'recorded'} title={word}>
      <Icon name={alarm ? 'alarm' : 'recorded'} />
      <span className={wordless ? 'unseen' : undefined}>{word}</span>
    </span>
  );
}

/** Reliability of a source on the Admiralty scale. */
export function ReliabilityMark({ grade }: { readonly grade: 'A' | 'B' | 'C' | 'D' | 'E' | 'F' }): JSX.Element {
  const { say } = useWords();
  return (
    <span className="grade" title={say(`reliability.${grade}`)}>
      <b>{grade}</b> <span className="muted">{say(`reliability.${grade}`)}</span>
    </span>
  );
}
