import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useWords } from '../words/use-words.ts';

const kinds = ['file', 'folder', 'syslog-udp', 'syslog-tcp', 'http'] as const;
type Kind = (typeof kinds)[number];

/** What stands in the empty field: the form of a location of that kind. */
const examples: Record<Kind, string> = {
  file: '/var/log/dns/queries.log',
  folder: '/var/log/zeek',
  'syslog-udp': '127.0.0.1:5514',
  'syslog-tcp': '127.0.0.1:5514',
  http: '',
};

export interface AddSourceFormProps {
  readonly onAdded: (id: string) => void;
}

/** Asks what to screen from now on. */
export function AddSourceForm({ onAdded }: AddSourceFormProps): JSX.Element {
  const { say } = useWords();
  const [kind, setKind] = useState<Kind>('folder');
  const [location, setLocation] = useState('');
  const [name, setName] = useState('');
  const [from, setFrom] = useState<'start' | 'end'>('start');
  const add = useMutation({
    mutationFn: () =>
      node.addSource({ body: { kind, location, from, ...(name.trim() === '' ? {} : { name: name.trim() }) } }),
    onSuccess: (source) => {
      void queries.invalidateQueries({ queryKey: ['sources'] });
      void queries.invalidateQueries({ queryKey: ['overview'] });
      onAdded(source.id);
    },
  });
  const onDisk = kind === 'file' || kind === 'folder';
  return (
    <Form work={add} act={say('source.start')}>
      <Choice
        label={say('source.kind')}
        value={kind}
        onChange={setKind}
        items={kinds.map((id) => ({ id, name: say(`source.kind.${id}`), hint: say(`source.kind.${id}.text`) }))}
      />
      {kind !== 'http' && (
        <TextField
          label={say(onDisk ? 'source.path' : 'source.listen')}
          hint={say(onDisk ? 'source.path.hint' : 'source.listen.hint')}
          value={location}
          onChange={setLocation}
          placeholder={examples[kind]}
          isRequired
          mono
        />
      )}
      <TextField label={say('source.ownName')} value={name} onChange={setName} hint={say('source.ownName.hint')} />
      {onDisk && (
        <Choice
          label={say('source.from')}
          value={from}
          onChange={setFrom}
          items={[
            { id: 'start' as const, name: say('source.from.start'), hint: say('source.from.start.text') },
            { id: 'end' as const, name: say('source.from.end'), hint: say('source.from.end.text') },
          ]}
        />
      )}
    </Form>
  );
}
