import type { Descriptor, MemberContact } from '@comity/protocol/members';
import { shortMemberId } from '@comity/protocol/base';

/** `security.txt` of a member (RFC 9116); undefined when there is nobody to write to, without whom it is none. */
export function securityTxt({ body }: Descriptor): string | undefined {
  const contacts = byUse(body.contacts, ['vulnerability', 'technical']);
  const addresses = contacts.flatMap(({ email, phone }) => [
    ...(email === undefined ? [] : [`mailto:${email}`]),
    ...(phone === undefined ? [] : [`tel:${phone.replaceAll(/[ ()]/g, '')}`]),
  ]);
  if (addresses.length === 0) return undefined;
  const keys = contacts.flatMap((contact) => contact.keys);
  const encryption = keys.map(
    ({ type, fingerprint, url }) => url ?? (type === 'openpgp' ? `openpgp4fpr:${fingerprint}` : undefined),
  );
  const languages = [...new Set(contacts.flatMap((contact) => contact.languages))];
  return [
    ...addresses.map((address) => `Contact: ${address}`),
    `Expires: ${body.expiresAt}`,
    ...encryption.flatMap((each) => (each === undefined ? [] : [`Encryption: ${each}`])),
    ...(languages.length === 0 ? [] : [`Preferred-Languages: ${languages.join(', ')}`]),
    `Canonical: ${body.url}/.well-known/security.txt`,
    '',
  ].join('\n');
}

/** Of each role the first; what nobody has of the wanted ones is left to whoever there is. */
function byUse(contacts: readonly MemberContact[], roles: readonly MemberContact['role'][]): readonly MemberContact[] {
  const role = roles.find((each) => contacts.some((contact) => contact.role === each));
  return role === undefined ? contacts : contacts.filter((contact) => contact.role === role);
}

/** What a team says of itself (RFC 2350, appendix D), as far as a descriptor says it. */
export function rfc2350({ member, body }: Descriptor): string {
  const { name, country, sectors, url, contacts, issuedAt, expiresAt } = body;
  const lines = [
    `RFC 2350 description of ${name}`,
    '',
    '1. Document Information',
    `1.1 Date of Last Update: ${issuedAt}`,
    `1.2 Location: ${url}/rfc2350.txt`,
    `1.3 Valid until: ${expiresAt}`,
    `1.4 Authenticity: the signed form is at ${url}/.well-known/comity/node.json`,
    '',
    '2. Contact Information',
    `2.1 Name of the Team: ${name}`,
    ...(country === undefined ? [] : [`2.2 Country: ${country}`]),
    `2.3 Member: ${shortMemberId(member)} (${member})`,
    ...contacts.flatMap((contact, index) => contactLines(contact, index + 4)),
    '',
    '3. Charter',
    `3.1 Constituency: ${sectors.length === 0 ? 'not stated' : sectors.join(', ')}`,
    '',
  ];
  return lines.join('\n');
}

function contactLines(
  { role, email, phone, hours, languages, timeZone, keys }: MemberContact,
  number: number,
): string[] {
  const rows = [
    ['Electronic Mail', email],
    ['Telephone', phone],
    ['Hours', hours],
    ['Time Zone', timeZone],
    ['Languages', languages.join(', ') || undefined],
    ...keys.map(({ type, fingerprint, url }) => [
      type === 'openpgp' ? 'OpenPGP key' : 'S/MIME certificate',
      url === undefined ? fingerprint : `${fingerprint} (${url})`,
    ]),
  ];
  return [
    `2.${number} Contact, ${role}`,
    ...rows.flatMap(([title, text]) => (text === undefined ? [] : [`      ${title}: ${text}`])),
  ];
}
