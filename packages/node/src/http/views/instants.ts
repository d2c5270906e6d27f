import { timestampOfUs } from '@comity/protocol/base';

/** Milliseconds since the Unix epoch as the API writes them. */
export function instantOfMs(ms: number): string {
  return new Date(ms).toISOString();
}

/** `{ [name]: instant }`, or nothing when there is none. */
export function optionalInstant<K extends string>(name: K, us: number | undefined): { readonly [P in K]?: string } {
  return (us === undefined ? {} : { [name]: timestampOfUs(us) }) as { readonly [P in K]?: string };
}

/** `{ [name]: value }`, or nothing when it is undefined. */
export function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };
}
