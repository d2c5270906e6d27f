/**
 * Takes user and password out of a URL, so that they stand in no message, and gives them as a header: HTTP Basic (RFC 7617). Undefined:
 * it has none.
 */
export function takeBasic(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** A part of a URL as it is meant: what is not percent-encoding is meant as it stands. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
