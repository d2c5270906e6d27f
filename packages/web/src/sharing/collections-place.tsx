import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { CollectionView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Panels } from '../kit/panels.tsx';
import { useWords } from '../words/use-words.ts';
import { Collection } from './collection.tsx';
import { CollectionForm } from './collection-form.tsx';
import { RemoveCollection } from './remove-collection.tsx';
import { SharingTabs } from './sharing-tabs.tsx';
import { collectionsQuery, useMayGovern } from './sharing-queries.ts';

const route = getRouteApi('/sharing/collections');

/** What is offered to others: of what, to whom, and where they find it. */
export default function CollectionsPlace(): JSX.Element {
  const { say } = useWords();
  const { add } = route.useSearch();
  const navigate = useNavigate();
  const collections = useQuery(collectionsQuery);
  const mayGovern = useMayGovern();
  const [changing, setChanging] = useState<CollectionView>();
  const [removing, setRemoving] = useState<CollectionView>();
  const setAdding = (open: boolean): void => {
    void navigate({ to: '/sharing/collections', search: open ? { add: true } : {} });
  };
  const close = (): void => {
    setChanging(undefined);
    if (add === true) setAdding(false);
  };
  const addOne = mayGovern && (
    <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
      {say('collections.add')}
    </Button>
  );
  return (
    <Place title={say('collections.title')} heading={say('place.sharing')} aside={<SharingTabs />}>
      <Panels
        lead={say('collections.lead')}
        none={{ title: say('collections.none'), text: say('collections.none.text') }}
        query={collections}
        act={addOne}
      >
        {(collection) => (
          <Collection
            collection={collection}
            acts={
              mayGovern
                ? { onChange: () => setChanging(collection), onRemove: () => setRemoving(collection) }
                : undefined
            }
          />
        )}
      </Panels>
      <Dialog
        title={say(changing === undefined ? 'collections.add' : 'collection.change')}
        isOpen={mayGovern && (add === true || changing !== undefined)}
        onClose={close}
      >
        <CollectionForm of={changing} onDone={close} />
      </Dialog>
      <Dialog
        title={say('collection.remove.ask')}
        isOpen={removing !== undefined}
        onClose={() => setRemoving(undefined)}
      >
        {removing && <RemoveCollection collection={removing} onDone={() => setRemoving(undefined)} />}
      </Dialog>
    </Place>
  );
}
