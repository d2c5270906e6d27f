import type { JSX } from 'react';
import type { SayingView } from '@comity/protocol/api';
import { Facts, Section } from '../kit/beside.tsx';
import { Moment } from '../kit/moment.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { Digits } from './member-marks.tsx';

type Said = Omit<SayingView, 'hasLedger' | 'hasWitness'>;

/** The digits by which two people find out that they mean the same member. */
export function Compare({ member }: { readonly member: Said }): JSX.Element {
  const { say } = useWords();
  return (
    <div className="fed-compare">
      <Digits of={member.shortId} id={member.id} />
      <p className="muted">{say('member.compare')}</p>
    </div>
  );
}

/** What a member says of itself in its description in force, in plain words. */
export function MemberSaying({ member }: { readonly member: Said }): JSX.Element {
  const { say, figures } = useWords();
  const { country, sectors, url, sequence, issuedAt, expiresAt, contacts } = member;
  const text = (shown: string): JSX.Element => (
    <bdi className="mono break" dir="ltr">
      {visibleText(shown)}
    </bdi>
  );
  return (
    <Section title={say('member.says')}>
      <Facts
        facts={[
          [say('member.country'), country === undefined ? say('member.unsaid') : countryName(country, figures)],
          [say('member.sectors'), sectors.length === 0 ? say('member.unsaid') : figures.list(sectors)],
          [say('member.url'), text(url)],
          [
            say('member.description'),
            <span key="description">
              {say('member.description.text', { number: sequence })} <Moment at={issuedAt} />
              {' · '}
              {say('member.until')} <Moment at={expiresAt} form="day" />
            </span>,
          ],
        ]}
      />
      <h3>{say('member.contacts')}</h3>
      {contacts.length === 0 && <p className="muted">{say('member.contacts.none')}</p>}
      <ul className="fed-contacts">
        {contacts.map((contact, at) => (
          <li key={at}>
            <span className="strong">{say(`member.role.${contact.role}`)}</span>
            <div className="fed-contact-ways">
              {contact.email !== undefined && <a href={`mailto:${contact.email}`}>{text(contact.email)}</a>}
              {contact.phone !== undefined && (
                <a href={`tel:${contact.phone.replaceAll(' ', '')}`}>{text(contact.phone)}</a>
              )}
              {(contact.hours !== undefined || contact.timeZone !== undefined) && (
                <span>
                  <bdi>
                    {visibleText([contact.hours, contact.timeZone].filter((each) => each !== undefined).join(' '))}
                  </bdi>
                </span>
              )}
              {contact.languages.length > 0 && <span>{figures.list(contact.languages)}</span>}
              {contact.keys.map(({ type, fingerprint }) => (
                <span key={fingerprint} className="small">
                  {type === 'openpgp' ? 'OpenPGP' : 'S/MIME'} {text(fingerprint)}
                </span>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <p className="section-foot">
        {[
          ['security.txt', `${url}/.well-known/security.txt`],
          ['RFC 2350', `${url}/rfc2350.txt`],
          ['node.json', `${url}/.well-known/comity/node.json`],
        ].map(([name, href]) => (
          <a key={name} href={href} target="_blank" rel="noreferrer">
            <bdi dir="ltr">{name}</bdi>
          </a>
        ))}
      </p>
    </Section>
  );
}

function countryName(code: string, figures: { readonly country: (code: string) => string }): string {
  return `${figures.country(code)} (${visibleText(code)})`;
}
