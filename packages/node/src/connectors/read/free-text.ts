import { limits } from '@comity/protocol/base';
import { extractValues } from '@comity/protocol/values';
import type { Item } from '../item.ts';

/** Label of everything that was found in running text, so that a person can judge it apart from listed values. */
const fromTextLabel = 'comity:found-in-text';

/**
 * Finds the values a report names, each once, at the place it stands first.
 *
 * @param text - running text; `place` is put before the line.
 */
export function* readFreeText(text: string, place = ''): Generator<Item> {
  const seen = new Set<string>();
  let line = 1;
  let counted = 0;
  const found = extractValues(text);
  for (const { value, offset } of found) {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < offset; at = text.indexOf('\n', counted)) {
      line += 1;
      counted = at + 1;
    }
    const key = `${value.kind} ${value.value} ${value.port ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield { kind: 'value', value, place: `${place}line ${line}`, context: { labels: [fromTextLabel] } };
  }
  if (found.length >= limits.extractedValuesMax) {
    yield {
      kind: 'loss',
      field: 'text',
      count: 1,
      reason: `only the first ${limits.extractedValuesMax} values were taken`,
    };
  }
}
