import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useWords } from '../words/use-words.ts';
import { MarkingFields } from './marking-fields.tsx';
import type { SourceTrust } from './marking-fields.tsx';

const intervals = ['15', '60', '360', '1440'] as const;

export interface AddFeedFormProps {
  readonly onAdded: () => void;
}

/** Asks for a feed; it is pulled as soon as it is added. */
export function AddFeedForm({ onAdded }: AddFeedFormProps): JSX.Element {
  const { say } = useWords();
  const [url, setUrl] = useState('');
  const [name, setName] = useState('');
  const [collection, setCollection] = useState('');
  const [token, setToken] = useState('');
  const [minutes, setMinutes] = useState<(typeof intervals)[number]>('60');
  const [allowPrivate, setAllowPrivate] = useState(false);
  const [trust, setTrust] = useState<SourceTrust>({ reliability: 'F', tlp: 'amber+strict' });
  const add = useMutation({
    mutationFn: () =>
      node.addFeed({
        body: {
          url,
          intervalMinutes: Number(minutes),
          reliability: trust.reliability,
          defaultTlp: trust.tlp,
          allowPrivate,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(collection.trim() === '' ? {} : { collection: collection.trim() }),
          ...(token.trim() === '' ? {} : { token: token.trim() }),
        },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['feeds'] });
      void queries.invalidateQueries({ queryKey: ['overview'] });
      onAdded();
    },
  });
  return (
    <Form work={add} act={say('feeds.add')}>
      <TextField
        label={say('feed.url')}
        hint={say('feed.url.hint')}
        value={url}
        onChange={setUrl}
        type="url"
        placeholder="https://feeds.example/misp/manifest.json"
        isRequired
        takesFocus
        mono
      />
      <TextField
        label={say('feed.collection')}
        value={collection}
        onChange={setCollection}
        hint={say('feed.collection.hint')}
      />
      <TextField label={say('feed.token')} value={token} onChange={setToken} type="password" mono />
      <TextField label={say('source.ownName')} value={name} onChange={setName} hint={say('feed.name.hint')} />
      <Choice
        label={say('feed.every')}
        value={minutes}
        onChange={setMinutes}
        items={intervals.map((id) => ({ id, name: say('feed.minutes', { count: Number(id) }) }))}
      />
      <MarkingFields trust={trust} onChange={setTrust} />
      <Checkbox isOn={allowPrivate} onChange={setAllowPrivate}>
        {say('feed.allowPrivate')}
      </Checkbox>
    </Form>
  );
}
