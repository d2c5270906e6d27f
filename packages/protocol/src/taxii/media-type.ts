/** What every answer of a TAXII 2.1 server says it is, errors too (TAXII 2.1 §1.6.8). */
export const taxiiMediaType = 'application/taxii+json;version=2.1';
/** What the objects of a collection are. */
export const stixMediaType = 'application/stix+json;version=2.1';

/** Ranges of one header that are looked at; a client sends a handful. */
const rangesMax = 50;

/**
 * Whether a client that sends this `Accept` takes what a TAXII 2.1 server answers. `application/taxii+json` without a version
 * stands for the latest and is taken. Read as media types: capitals, spaces, quotes, several ranges and weights count as
 * RFC 9110 §12.5.1 has it.
 *
 * @param accept - Attacker-controlled; undefined when the client sent none, which the standard forbids.
 * @param lenient - Takes `application/json`, wildcards and no header as well, for clients that do not know better.
 */
export function acceptsTaxii(accept: string | undefined, lenient = false): boolean {
  if (accept === undefined || accept.trim() === '') return lenient;
  return mediaTypesOf(accept).some(({ type, parameters }) => {
    if (Number(parameters.get('q') ?? 1) === 0) return false;
    if (type === 'application/taxii+json') return (parameters.get('version') ?? '2.1') === '2.1';
    return lenient && (type === 'application/json' || type === 'application/*' || type === '*/*');
  });
}

/** Whether a body of this `Content-Type` is TAXII 2.1's. Parameters as in {@link acceptsTaxii}. */
export function isTaxiiContent(contentType: string | undefined, lenient = false): boolean {
  const [first, ...others] = mediaTypesOf(contentType ?? '');
  if (first === undefined || others.length > 0) return false;
  if (first.type === 'application/taxii+json') return (first.parameters.get('version') ?? '2.1') === '2.1';
  return lenient && first.type === 'application/json';
}

interface MediaType {
  /** Lower case. */
  readonly type: string;
  /** Names in lower case; values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A comma or semicolon in a quoted value splits it, and the pieces are no type that is known: a no, never a wrong yes. */
function mediaTypesOf(header: string): MediaType[] {
  return header
    .split(',', rangesMax)
    .map((range) => range.split(';').map((part) => part.trim()))
    .flatMap(([type = '', ...parts]) => (type === '' ? [] : [{ type: type.toLowerCase(), parameters: toMap(parts) }]));
}

function toMap(parts: readonly string[]): Map<string, string> {
  return new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.split('=', 2).map((side) => side.trim());
      return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
    }),
  );
}
