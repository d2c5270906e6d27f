/** The key of a recipient, or the id of a group, by the name people give it: small letters, digits and hyphens. */
export function keyOfName(name: string, otherwise: string): string {
  const own = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return own === '' ? otherwise : own;
}
