/**
 * A URL as it may be shown, logged and kept in clear: without user and password, and without its query, which often holds
 * a key; `?…` says that there is one. What is no URL, or one of another scheme without any of them, comes back as it is.
 */
export function shownUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb && url.username === '' && url.password === '' && url.search === '') return text;
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
