import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { CollectionView } from '@comity/protocol/api';
import type { ValueKind } from '@comity/protocol/values';
import { node, queries } from '../app/node.ts';
import { kinds, objectTypes } from '../app/search.ts';
import { intelSourcesQuery } from '../app/shared-queries.ts';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { collectionsQuery, recipientsQuery } from './sharing-queries.ts';
import { useRecipientNames } from './recipient-name.tsx';
import { TickList } from './tick-list.tsx';

const anySource = '';

export interface CollectionFormProps {
  /** The collection that is changed; a new one when left out. */
  readonly of: CollectionView | undefined;
  readonly onDone: () => void;
}

/** Asks what is offered, and to whom. What each of them gets is still decided object by object. */
export function CollectionForm({ of, onDone }: CollectionFormProps): JSX.Element {
  const { say } = useWords();
  const sources = useQuery(intelSourcesQuery);
  const [title, setTitle] = useState(of?.title ?? '');
  const [alias, setAlias] = useState(of?.alias ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const [types, setTypes] = useState<readonly string[]>(of?.types ?? ['indicator']);
  const [chosenKinds, setKinds] = useState<readonly ValueKind[]>(of?.kinds ?? []);
  const [source, setSource] = useState(of?.source ?? anySource);
  const [audience, setAudience] = useState<readonly string[]>(of?.audience ?? []);
  const [takesObjects, setTakesObjects] = useState(of?.takesObjects ?? false);
  const save = useMutation({
    mutationFn: () =>
      node.saveCollection({
        body: {
          ...(of !== undefined && { id: of.id }),
          ...(alias.trim() !== '' && { alias: alias.trim() }),
          title: title.trim(),
          description: description.trim(),
          types: [...types],
          kinds: [...chosenKinds],
          ...(source !== anySource && { source }),
          audience: [...audience],
          takesObjects,
        },
      }),
    onSuccess: () => {
      void queries.invalidateQueries(collectionsQuery);
      onDone();
    },
  });
  // A type the page has no word for stays on the list of what it was chosen for.
  const others = types.filter((type) => !objectTypes.some((one) => one === type));
  return (
    <Form work={save} act={say(of === undefined ? 'collections.add' : 'act.save')} isReady={title.trim() !== ''}>
      <TextField label={say('recipient.name')} value={title} onChange={setTitle} isRequired takesFocus />
      <TextField
        label={say('collection.alias')}
        hint={say('collection.alias.hint')}
        value={alias}
        onChange={setAlias}
        placeholder="watch"
        mono
      />
      <TextField label={say('collection.description')} value={description} onChange={setDescription} lines={2} />
      <Audience chosen={audience} onChange={setAudience} />
      <TickList
        label={say('collection.types')}
        hint={say('collection.types.hint')}
        items={[
          ...objectTypes.map((id) => ({ id, name: say(`type.${id}`) })),
          ...others.map((id) => ({ id, name: visibleText(id) })),
        ]}
        chosen={types}
        onChange={setTypes}
      />
      <TickList
        label={say('collection.kinds')}
        hint={say('collection.types.hint')}
        items={kinds.map((id) => ({ id, name: say(`kind.${id}`) }))}
        chosen={chosenKinds}
        onChange={setKinds}
      />
      <Choice
        label={say('source.label')}
        value={source}
        onChange={setSource}
        items={[
          { id: anySource, name: say('filter.anySource') },
          ...(sources.data?.rows.map(({ id, name }) => ({ id, name: visibleText(name) })) ?? []),
        ]}
      />
      <Checkbox isOn={takesObjects} onChange={setTakesObjects}>
        {say('collection.takes.make')}
      </Checkbox>
    </Form>
  );
}

interface AudienceProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Audience({ chosen, onChange }: AudienceProps): JSX.Element {
  const { say } = useWords();
  const { data } = useQuery(recipientsQuery);
  const nameOf = useRecipientNames();
  const entered = data?.rows.filter(({ kind }) => kind !== 'owner' && kind !== 'public') ?? [];
  const keys = [...(data?.groups.map(({ id }) => `group:${id}`) ?? []), ...entered.map(({ key }) => key)];
  return (
    <TickList
      label={say('collection.audience')}
      hint={say('collection.audience.hint')}
      items={keys.map((id) => ({ id, name: visibleText(nameOf(id)) }))}
      chosen={chosen}
      onChange={onChange}
      none={say('group.members.none')}
    />
  );
}
