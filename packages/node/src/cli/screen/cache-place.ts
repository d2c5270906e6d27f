import { isAbsolute, join } from 'node:path';

/**
 * Where digests are kept unless told otherwise: below XDG_CACHE_HOME, else ~/.cache (XDG Base Directory 0.8), on Windows
 * below LOCALAPPDATA. Undefined when none of these is an absolute path.
 */
export function cachePlace(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env['HOME'] ?? '';
  const places = [env['XDG_CACHE_HOME'] ?? '', env['LOCALAPPDATA'] ?? '', home === '' ? '' : join(home, '.cache')];
  const place = places.find((each) => isAbsolute(each));
  return place === undefined ? undefined : join(place, 'comity', 'files.cache');
}
