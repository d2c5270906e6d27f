const basicCharsMax = 1000;

/**
 * The API token of an `Authorization` header: as bearer, or as the password of HTTP Basic, of which the user name is for the
 * client's own records. Undefined: there is none of that form.
 *
 * @param header - Attacker-controlled.
 */
export function tokenOfHeader(header: string | undefined): string | undefined {
  const bearer = /^Bearer ([\w-]{1,200})$/i.exec(header ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([\w+/]+={0,2})$/i.exec(header?.slice(0, basicCharsMax) ?? '')?.[1];
  return basic === undefined ? undefined : /^[^:]*:([\w-]{1,200})$/.exec(Buffer.from(basic, 'base64').toString())?.[1];
}
