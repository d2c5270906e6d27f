import type { Channel } from '@comity/protocol/sharing';
import type { Exit, Recipient, Sharing } from '../sharing/index.ts';

/** What one answer of a protocol server gives out through: it keeps to the law it was begun under. */
export interface AnswerExit {
  readonly exit: Exit;
  /** The same without a record: for what is only looked at. */
  readonly rehearsal: Exit;
  /** False for the owner, whose own use is no sharing. */
  readonly isGuarded: boolean;
}

/** @param encrypted - whether the answer is on its way. */
export function openAnswerExit(
  recipient: Recipient,
  encrypted: boolean,
  sharing: Pick<Sharing, 'openExit'>,
): AnswerExit {
  const isOwner = recipient.kind === 'owner';
  const channel: Channel = { encrypted: isOwner || encrypted, hidesOrigin: false };
  const action = isOwner ? 'show' : recipient.kind === 'public' ? 'publish' : 'forward';
  const options = { recipient, action, channel } as const;
  return {
    exit: sharing.openExit(options),
    rehearsal: sharing.openExit({ ...options, isRehearsal: true }),
    isGuarded: !isOwner,
  };
}
