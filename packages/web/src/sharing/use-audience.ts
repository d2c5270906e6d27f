import { useQuery } from '@tanstack/react-query';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { useRecipientNames } from './recipient-name.tsx';
import { recipientsQuery } from './sharing-queries.ts';

/** The names of an audience, each group with who is in it, fit to be shown. */
export function useAudience(audience: readonly string[]): readonly string[] {
  const { say, figures } = useWords();
  const nameOf = useRecipientNames();
  const groups = useQuery(recipientsQuery).data?.groups ?? [];
  return audience.map((key) => {
    const group = groups.find(({ id }) => `group:${id}` === key);
    if (group === undefined) return visibleText(nameOf(key));
    const members = group.members.length === 0 ? say('group.nobody') : figures.list(group.members.map(nameOf));
    return say('collection.group', { name: group.name, members });
  });
}
