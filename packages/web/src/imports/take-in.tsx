import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { importFiles } from '../app/take-files.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Checkbox, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { FilePick } from '../kit/file-pick.tsx';
import { Icon } from '../kit/icon.tsx';
import { useWords } from '../words/use-words.ts';
import { MarkingFields } from './marking-fields.tsx';
import type { SourceTrust } from './marking-fields.tsx';

/** The three ways to bring intelligence in once: a file, values as text, an address. */
export function TakeIn(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const [form, setForm] = useState<'paste' | 'url'>();
  const done = (id: string): void => {
    setForm(undefined);
    void queries.invalidateQueries({ queryKey: ['imports'] });
    void navigate({ to: '/imports/$id', params: { id } });
  };
  return (
    <div className="take-in" data-drop="import">
      <Icon name="imports" />
      <div>
        <p className="strong">{say('takeIn.title')}</p>
        <p className="muted small">{say('takeIn.formats')}</p>
      </div>
      <div className="take-in-acts">
        <FilePick
          name={say('takeIn.pick')}
          look="primary"
          onPick={(files) => void importFiles(files, { words, navigate })}
        />
        <Button icon="plus" onPress={() => setForm('paste')}>
          {say('takeIn.paste')}
        </Button>
        <Button icon="link" onPress={() => setForm('url')}>
          {say('takeIn.url')}
        </Button>
      </div>
      <Dialog title={say('takeIn.paste')} isOpen={form === 'paste'} onClose={() => setForm(undefined)}>
        <PasteForm onDone={done} />
      </Dialog>
      <Dialog title={say('takeIn.url')} isOpen={form === 'url'} onClose={() => setForm(undefined)}>
        <UrlForm onDone={done} />
      </Dialog>
    </div>
  );
}

interface FormProps {
  readonly onDone: (id: string) => void;
}

const distrust: SourceTrust = { reliability: 'F', tlp: 'amber+strict' };

function PasteForm({ onDone }: FormProps): JSX.Element {
  const { say } = useWords();
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [trust, setTrust] = useState(distrust);
  const [isOwn, setOwn] = useState(false);
  const take = useMutation({
    mutationFn: () =>
      node.createImport({
        query: { name: name.trim() || say('takeIn.pasted'), ...trust, ...(isOwn && { own: 'true' as const }) },
        body: text,
      }),
    onSuccess: (report) => onDone(report.id),
  });
  return (
    <Form work={take} act={say('takeIn.do')} isReady={text.trim() !== ''}>
      <TextField
        label={say('takeIn.values')}
        hint={say('takeIn.values.hint')}
        value={text}
        onChange={setText}
        lines={8}
        placeholder={'198.51.100.7\nhxxps://login[.]bank[.]example/verify'}
        isRequired
        takesFocus
        mono
      />
      <TextField label={say('takeIn.from')} hint={say('takeIn.from.hint')} value={name} onChange={setName} />
      <MarkingFields trust={trust} onChange={setTrust} />
      <Checkbox isOn={isOwn} onChange={setOwn}>
        {say('takeIn.own')}
      </Checkbox>
    </Form>
  );
}

function UrlForm({ onDone }: FormProps): JSX.Element {
  const { say } = useWords();
  const [url, setUrl] = useState('');
  const [trust, setTrust] = useState(distrust);
  const [isOwn, setOwn] = useState(false);
  const take = useMutation({
    mutationFn: () => node.importUrl({ body: { url, ...trust, own: isOwn } }),
    onSuccess: (report) => onDone(report.id),
  });
  return (
    <Form work={take} act={say('takeIn.do')}>
      <TextField
        label={say('feed.url')}
        hint={say('takeIn.url.hint')}
        value={url}
        onChange={setUrl}
        type="url"
        placeholder="https://feeds.example/indicators.json"
        isRequired
        takesFocus
        mono
      />
      <MarkingFields trust={trust} onChange={setTrust} />
      <Checkbox isOn={isOwn} onChange={setOwn}>
        {say('takeIn.own')}
      </Checkbox>
    </Form>
  );
}
