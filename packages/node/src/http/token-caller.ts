import type { Access, Caller } from './access/index.ts';

const basicCharsMax = 1000;

/**
 * Who sends a token, as bearer or as the password of HTTP Basic, whose user name is for the client's own records: the token
 * says who it is.
 *
 * @param header - `Authorization`, untrusted.
 * @param bare - Whether a token may stand alone, as a MISP sends it.
 */
export async function findTokenCaller(
  header: string | undefined,
  access: Pick<Access, 'findByToken'>,
  bare = false,
): Promise<Caller | undefined> {
  const text = header?.slice(0, basicCharsMax) ?? '';
  const bearer = /^Bearer ([\w-]{1,200})$/i.exec(text)?.[1];
  const basic = /^Basic ([\w+/]+={0,2})$/i.exec(text)?.[1];
  const alone = bare ? /^[\w-]{1,200}$/.exec(text)?.[0] : undefined;
  const secret = bearer ?? alone ?? /^[^:]*:([\w-]{1,200})$/.exec(Buffer.from(basic ?? '', 'base64').toString())?.[1];
  return secret === undefined ? undefined : await access.findByToken(secret);
}
