/**
 * The bare word of a label a person or tool wrote: lower case, without its scheme, blanks and joining signs but `+`,
 * so that `TLP:AMBER_STRICT` and `amber strict` meet as `amberstrict`.
 *
 * @param text - at most a few dozen characters; the caller bounds it.
 */
export function wordOf(text: string, scheme: 'tlp' | 'pap'): string {
  const word = text.trim().toLowerCase();
  const bare = word.startsWith(scheme) ? word.slice(scheme.length) : word;
  return bare.replace(/[\s:_"-]/g, '');
}
