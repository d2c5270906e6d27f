import type { JSX } from 'react';
import type { MemberView } from '@comity/protocol/api';
import { IconButton } from '../kit/button.tsx';
import { copyText } from '../kit/copy.ts';
import { Icon } from '../kit/icon.tsx';
import type { IconName } from '../kit/icon.tsx';
import { useWords } from '../words/use-words.ts';

const icons: Record<MemberView['state'] | 'frozen', IconName> = {
  joined: 'check',
  asking: 'clock',
  asked: 'clock',
  suspended: 'pause',
  frozen: 'warning',
};

/** How a member stands to this one, as an icon and a word. */
export function MemberMark({ member }: { readonly member: Pick<MemberView, 'state' | 'isFrozen'> }): JSX.Element {
  const { say } = useWords();
  const state = member.isFrozen ? 'frozen' : member.state;
  return (
    <span className={`status member-${state}`}>
      <Icon name={icons[state]} />
      <span className="nowrap">{say(`member.state.${state}`)}</span>
    </span>
  );
}

/** The beginning of a member's id, large enough to be read aloud: whoever hears the same has the same member. */
export function Digits({ of: shortId, id }: { readonly of: string; readonly id: string }): JSX.Element {
  const { say } = useWords();
  return (
    <span className="digits">
      <bdi className="digits-text mono" dir="ltr">
        {shortId}
      </bdi>
      <IconButton icon="copy" name={say('member.copyId')} onPress={() => void copyText(id, say('copied.text'))} />
    </span>
  );
}

/** Something that needs a person, with what to do about it. */
export function Notice({
  tone,
  children,
}: {
  readonly tone: 'warning' | 'critical' | 'asks';
  readonly children: JSX.Element | readonly (JSX.Element | false | undefined)[];
}): JSX.Element {
  return (
    <div className={`fed-notice fed-notice-${tone}`} role={tone === 'critical' ? 'alert' : undefined}>
      <Icon name={tone === 'asks' ? 'clock' : 'warning'} />
      <div className="fed-notice-text">{children}</div>
    </div>
  );
}
