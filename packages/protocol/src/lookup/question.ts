import { utf8Bytes } from '../base/index.ts';
import type { Value } from '../values/index.ts';
import { registrableDomain } from '../values/index.ts';

/** Names above one that are asked for, from the one that was registered down. */
const namesAboveMax = 4;

/**
 * What the function is asked for a value: its kind and its normal form, apart from every other use of the function.
 *
 * @param value - in normal form: what one side writes otherwise than the other is never found.
 */
export function lookupInput({ kind, value }: Value): Uint8Array<ArrayBuffer> {
  return utf8Bytes(`comity/lookup/v1\n${kind}\n${value}`);
}

/**
 * The values to ask for, so that whatever would match a value is found: a listed name matches the names below it, so of a name
 * also those above it are asked, the nearest first, up to the one somebody registered. Networks are not asked for: an address has 32 of them.
 */
export function questionsOf(value: Value): readonly Value[] {
  if (value.kind !== 'domain' || value.value.startsWith('*.')) return [value];
  const labels = value.value.split('.');
  const top = registrableDomain(value.value)?.split('.').length ?? labels.length;
  const above = Array.from({ length: labels.length - top }, (_, index) => labels.slice(-top - index).join('.'));
  return [value.value, ...above.slice(0, namesAboveMax).toReversed()].map((name) => ({ kind: 'domain', value: name }));
}
