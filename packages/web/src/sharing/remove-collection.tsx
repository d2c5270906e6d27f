import { useMutation } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { CollectionView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { useWords } from '../words/use-words.ts';
import { collectionsQuery } from './sharing-queries.ts';
import { useAudience } from './use-audience.ts';

export interface RemoveCollectionProps {
  readonly collection: CollectionView;
  readonly onDone: () => void;
}

/** Asks before an address others pull from is gone, with everybody who loses it. */
export function RemoveCollection({ collection, onDone }: RemoveCollectionProps): JSX.Element {
  const { say } = useWords();
  const named = useAudience(collection.audience);
  const remove = useMutation({
    mutationFn: () => node.removeCollection({ params: { id: collection.id } }),
    onSuccess: () => {
      void queries.invalidateQueries(collectionsQuery);
      notify({ text: say('collection.removed', { name: collection.title }) });
      onDone();
    },
  });
  return (
    <Form work={remove} act={say('collection.remove')}>
      <p>{say('collection.remove.text', { name: collection.title })}</p>
      {named.length === 0 ? (
        <p className="muted">{say('collection.ownerAlone')}</p>
      ) : (
        <ul className="who-gains">
          {named.map((name) => (
            <li key={name}>
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
      )}
    </Form>
  );
}
