import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { sessionQuery } from '../app/shared-queries.ts';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useWords } from '../words/use-words.ts';
import { federationChanged } from './federation-queries.ts';

/** What a node that is no member yet shows: what a member is, and, to whoever administers, the form that makes it one. */
export function BecomeMember(): JSX.Element {
  const { say } = useWords();
  const session = useQuery(sessionQuery);
  const administers = session.data?.scopes.includes('admin') ?? false;
  const [name, setName] = useState('');
  const [country, setCountry] = useState('');
  const [sectors, setSectors] = useState('');
  const [email, setEmail] = useState('');
  const init = useMutation({
    mutationFn: () =>
      node.initMember({
        body: {
          name: name.trim(),
          ...(country.trim() !== '' && { country: country.trim().toUpperCase() }),
          sectors: sectors
            .split(/[\s,]+/)
            .map((sector) => sector.toLowerCase())
            .filter((sector) => sector !== ''),
          contacts: email.trim() === '' ? [] : [{ role: 'technical' as const, email: email.trim() }],
        },
      }),
    onSuccess: federationChanged,
  });
  return (
    <div className="fed-column">
      <EmptyPlace title={say('fed.none')}>{say(administers ? 'fed.none.text' : 'fed.none.ask')}</EmptyPlace>
      {administers && (
        <section className="fed-card" aria-label={say('fed.become')}>
          <Form work={init} act={say('fed.become')} isReady={name.trim() !== ''}>
            <p className="muted">{say('fed.become.text')}</p>
            <TextField
              label={say('member.name')}
              value={name}
              onChange={setName}
              placeholder="Example CERT"
              isRequired
            />
            <div className="form-pair">
              <TextField
                label={say('member.country')}
                hint={say('member.country.hint')}
                value={country}
                onChange={setCountry}
                placeholder="AT"
                mono
              />
              <TextField
                label={say('member.sectors')}
                hint={say('member.sectors.hint')}
                value={sectors}
                onChange={setSectors}
                placeholder="energy, water"
              />
            </div>
            <TextField
              label={say('member.email')}
              hint={say('member.email.hint')}
              value={email}
              onChange={setEmail}
              placeholder="cert@cert.example"
              mono
            />
          </Form>
        </section>
      )}
    </div>
  );
}
