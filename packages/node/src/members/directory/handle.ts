import type { Descriptor } from '@comity/protocol/members';

const charsMax = 40;

/**
 * What a member is called here: of its name what may stand in the key of a recipient. One that is taken gets the beginning of the id
 * behind it, so that nobody becomes the recipient somebody else was.
 */
export function handleFor({ member, body }: Descriptor, isTaken: (handle: string) => boolean): string {
  const plain = body.name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, charsMax)
    .replace(/-$/, '');
  const handle = plain || 'member';
  if (!isTaken(handle)) return handle;
  const longer = `${handle}-${member.slice(0, 8)}`;
  return isTaken(longer) ? member.slice(0, charsMax) : longer;
}
