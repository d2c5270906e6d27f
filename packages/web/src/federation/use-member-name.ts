import { useQuery } from '@tanstack/react-query';
import { membersQuery, ownMemberQuery } from './federation-queries.ts';

/** What a member is called, by its id, the beginning of it, or the name of its ledger; what is nobody's stays as it is. */
export function useMemberName(): (text: string) => string {
  const members = useQuery(membersQuery);
  const self = useQuery(ownMemberQuery);
  const known = [...(members.data?.rows ?? []), ...(self.data?.member === undefined ? [] : [self.data.member])];
  return (text) =>
    known.find(
      (member) =>
        member.id === text || member.shortId === text || ('ledger' in member && member.ledger?.origin === text),
    )?.name ?? text;
}
