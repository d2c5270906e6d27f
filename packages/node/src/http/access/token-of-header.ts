const basicCharsMax = 1000;

/**
 * The API token of an `Authorization` header: as bearer, or as the password of HTTP Basic, of which the user name is for the
 * client's own records. Undefined: there is none of that form.
 *
 * @param header - Attacker-controlled.
 * @param isBare - Whether a token may stand alone, as a MISP sends it.
 */
export function tokenOfHeader(header: string | undefined, isBare = false): string | undefined {
  const text = header?.slice(0, basicCharsMax) ?? '';
  const whole = /^Bearer ([\w-]{1,200})$/i.exec(text)?.[1] ?? (isBare ? /^[\w-]{1,200}$/.exec(text)?.[0] : undefined);
  if (whole !== undefined) return whole;
  const basic = /^Basic ([\w+/]+={0,2})$/i.exec(text)?.[1];
  return basic === undefined ? undefined : /^[^:]*:([\w-]{1,200})$/.exec(Buffer.from(basic, 'base64').toString())?.[1];
}
