import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { RecipientView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { sessionQuery } from '../app/shared-queries.ts';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { OneTimeText } from '../kit/one-time-text.tsx';
import { useWords } from '../words/use-words.ts';
import { keyOfName } from './recipient-key.ts';
import { recipientsChanged } from './sharing-queries.ts';

const kinds = ['client', 'organisation', 'member', 'person'] as const;

export interface RecipientFormProps {
  /** The recipient that is changed; a new one when left out. */
  readonly of: RecipientView | undefined;
  readonly onDone: () => void;
}

/** Asks who somebody is. Who administers may make their token at once; its secret is shown this once. */
export function RecipientForm({ of, onDone }: RecipientFormProps): JSX.Element {
  const { say } = useWords();
  const session = useQuery(sessionQuery);
  const mayMakeTokens = session.data?.scopes.includes('admin') ?? false;
  const [kind, setKind] = useState<(typeof kinds)[number]>('client');
  const [name, setName] = useState(of?.name ?? '');
  const [typedKey, setKey] = useState('');
  const [sector, setSector] = useState(of?.sector ?? '');
  const [country, setCountry] = useState(of?.country ?? '');
  const [tokenId, setTokenId] = useState(of?.tokenId ?? '');
  const [makesToken, setMakesToken] = useState(false);
  const key = of?.key ?? `${kind}:${typedKey === '' ? keyOfName(name, kind) : typedKey}`;
  const save = useMutation({
    mutationFn: async () => {
      const body = { key, name: name.trim(), sector: sector.trim(), country: country.trim().toUpperCase() };
      // Saved before its token is made: a recipient that is refused leaves no token behind.
      await node.saveRecipient({ body: { ...body, ...(tokenId.trim() !== '' && { tokenId: tokenId.trim() }) } });
      if (!makesToken) return undefined;
      const token = await node.createToken({ body: { name: key.slice(0, 100), scopes: ['share'] } });
      await node.saveRecipient({ body: { ...body, tokenId: token.id } });
      return token.secret;
    },
    onSuccess: (secret) => {
      recipientsChanged();
      if (secret === undefined) onDone();
    },
  });
  if (save.data !== undefined) {
    return (
      <OneTimeText text={save.data} onDone={onDone}>
        {say('recipient.token.made')}
      </OneTimeText>
    );
  }
  return (
    <Form work={save} act={say(of === undefined ? 'recipients.add' : 'act.save')} isReady={name.trim() !== ''}>
      {of === undefined && (
        <Choice
          label={say('recipient.kind')}
          value={kind}
          onChange={setKind}
          items={kinds.map((id) => ({ id, name: say(`recipient.kind.${id}`), hint: say(`recipient.kind.${id}.text`) }))}
        />
      )}
      <TextField label={say('recipient.name')} value={name} onChange={setName} isRequired takesFocus />
      {of === undefined && (
        <TextField
          label={say('recipient.key')}
          hint={say('recipient.key.hint', { key })}
          value={typedKey}
          onChange={setKey}
          placeholder={keyOfName(name, kind)}
          mono
        />
      )}
      <div className="form-pair">
        <TextField label={say('recipient.sector')} value={sector} onChange={setSector} />
        <TextField label={say('recipient.country')} value={country} onChange={setCountry} placeholder="AT" mono />
      </div>
      {!makesToken && (
        <TextField
          label={say('recipient.token')}
          hint={say('recipient.token.hint')}
          value={tokenId}
          onChange={setTokenId}
          placeholder="tok-…"
          mono
        />
      )}
      {mayMakeTokens && (
        <Checkbox isOn={makesToken} onChange={setMakesToken}>
          {say('recipient.token.make')}
        </Checkbox>
      )}
    </Form>
  );
}
