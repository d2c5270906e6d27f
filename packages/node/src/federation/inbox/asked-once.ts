import type { MemberId } from '@comity/protocol/base';

/** A question about members that is asked of each once. */
export function askedOnce<T>(ask: (member: MemberId) => T): (member: MemberId) => T {
  const answers = new Map<MemberId, T>();
  return (member) => {
    if (!answers.has(member)) answers.set(member, ask(member));
    return answers.get(member)!;
  };
}
