import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { matchForms, outletKinds } from '@comity/protocol/api';
import type { MatchForm } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { OneTimeText } from '../kit/one-time-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

type Kind = (typeof outletKinds)[number];

/** What stands in the empty field: the form of an address of that kind. */
const examples: Record<Kind, string> = {
  webhook: 'https://siem.example/hooks/comity',
  syslog: 'tls://siem.example:6514',
};

/** Key of an organisation that is entered here. */
const newOne = '';

/** Of the owner's own organisations: a match holds a record of theirs and goes to nobody else. */
function useOrganisations(): readonly { readonly key: string; readonly name: string }[] {
  const recipients = useQuery({
    queryKey: ['recipients'],
    queryFn: ({ signal }) => node.listRecipients({}, { signal }),
  });
  return recipients.data?.rows.filter(({ kind }) => kind === 'organisation') ?? [];
}

/** The key of a recipient by the name people give it. */
function keyOf(name: string): string {
  const own = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return `organisation:${own === '' ? 'security' : own}`;
}

export interface AddOutletFormProps {
  readonly onDone: () => void;
}

/** Asks where matches are to go; the signing key of a webhook is shown this once. */
export function AddOutletForm({ onDone }: AddOutletFormProps): JSX.Element {
  const { say } = useWords();
  const organisations = useOrganisations();
  const [kind, setKind] = useState<Kind>('webhook');
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [organisation, setOrganisation] = useState('');
  const [form, setForm] = useState<MatchForm>('comity');
  const [authorization, setAuthorization] = useState('');
  const [ca, setCa] = useState('');
  const [from, setFrom] = useState<'now' | 'start'>('now');
  const [sendsAll, setSendsAll] = useState(false);
  const [allowPrivate, setAllowPrivate] = useState(false);
  const [signingKey, setSigningKey] = useState<string>();
  const recipient = chosen ?? organisations[0]?.key ?? newOne;
  const add = useMutation({
    mutationFn: async () => {
      const key = recipient === newOne ? keyOf(organisation) : recipient;
      if (!organisations.some((each) => each.key === key))
        await node.saveRecipient({ body: { key, name: organisation.trim() } });
      return await node.saveOutlet({
        body: {
          kind,
          address,
          name: name.trim() === '' ? (URL.parse(address)?.host ?? '') || address.slice(0, 200) : name.trim(),
          recipient: key,
          form,
          from,
          alarmsOnly: !sendsAll,
          allowPrivate,
          ...(kind === 'webhook' && authorization.trim() !== '' && { authorization: authorization.trim() }),
          ...(ca.trim() !== '' && { ca }),
        },
      });
    },
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: ['outlets'] });
      void queries.invalidateQueries({ queryKey: ['recipients'] });
      if (saved.signingKey === undefined) onDone();
      else setSigningKey(saved.signingKey);
    },
  });
  if (signingKey !== undefined) {
    return (
      <OneTimeText text={signingKey} onDone={onDone}>
        {say('outlet.signingKey')}
      </OneTimeText>
    );
  }
  return (
    <Form work={add} act={say('outlets.add')}>
      <Choice
        label={say('source.kind')}
        value={kind}
        onChange={setKind}
        items={outletKinds.map((id) => ({ id, name: say(`outlet.kind.${id}`), hint: say(`outlet.kind.${id}.text`) }))}
      />
      <TextField
        label={say('feed.url')}
        value={address}
        onChange={setAddress}
        placeholder={examples[kind]}
        isRequired
        takesFocus
        mono
      />
      <TextField label={say('source.ownName')} value={name} onChange={setName} hint={say('source.ownName.hint')} />
      <Choice
        label={say('outlet.recipient')}
        value={recipient}
        onChange={setChosen}
        items={[
          ...organisations.map(({ key, name: known }) => ({ id: key, name: visibleText(known) })),
          { id: newOne, name: say('outlet.newRecipient') },
        ]}
      />
      {recipient === newOne && (
        <TextField
          label={say('outlet.organisation')}
          hint={say('outlet.organisation.hint')}
          value={organisation}
          onChange={setOrganisation}
          isRequired
        />
      )}
      <Choice
        label={say('outlet.form')}
        value={form}
        onChange={setForm}
        items={matchForms.map((id) => ({ id, name: say(`outlet.form.${id}`) }))}
      />
      <Choice
        label={say('source.from')}
        value={from}
        onChange={setFrom}
        items={(['now', 'start'] as const).map((id) => ({ id, name: say(`outlet.from.${id}`) }))}
      />
      {kind === 'webhook' && (
        <TextField
          label={say('outlet.authorization')}
          hint={say('outlet.authorization.hint')}
          value={authorization}
          onChange={setAuthorization}
          placeholder="Bearer …"
          mono
        />
      )}
      <TextField
        label={say('outlet.ca')}
        hint={say('outlet.ca.hint')}
        value={ca}
        onChange={setCa}
        placeholder="-----BEGIN CERTIFICATE-----"
        lines={2}
        mono
      />
      <Checkbox isOn={sendsAll} onChange={setSendsAll}>
        {say('outlet.sendsAll')}
      </Checkbox>
      <Checkbox isOn={allowPrivate} onChange={setAllowPrivate}>
        {say('feed.allowPrivate')}
      </Checkbox>
    </Form>
  );
}
