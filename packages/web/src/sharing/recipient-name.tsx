import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { recipientsQuery } from './sharing-queries.ts';

/** The names of recipients and, as `group:ID`, of groups, by key; one who is gone has its key for a name. */
export function useRecipientNames(): (key: string) => string {
  const { say } = useWords();
  const { data } = useQuery(recipientsQuery);
  return (key) => {
    if (key === 'owner' || key === 'public') return say(`sharing.${key}`);
    const group = data?.groups.find(({ id }) => `group:${id}` === key);
    return (group ?? data?.rows.find((each) => each.key === key))?.name ?? key;
  };
}

export function RecipientName({ of }: { readonly of: string }): JSX.Element {
  return <Untrusted text={useRecipientNames()(of)} />;
}
