import type { ToldMatch } from '../form/told-match.ts';
import { cutText } from '../form/match-text.ts';

/** Facility "log alert" (14). Spec: RFC 5424 §6.2.1. */
const facility = 14;
const severity = { alarm: 4, other: 5 } as const;
/** Bytes one parameter has at most before it is escaped. */
const parameterBytesMax = 96;

/**
 * The head of a message of RFC 5424: `<PRI>1 TIME HOST comity - match [comity@32473 …]`, and a space behind it.
 *
 * What is untrusted stands in parameters alone, without control characters, so that no record can end the head or the
 * message. The time is when the match was found, or when the message was made.
 */
export function syslogHead(
  match: ToldMatch,
  { hostname, madeAt }: { readonly hostname: string; readonly madeAt: string },
): string {
  const priority = facility * 8 + (match.alarm ? severity.alarm : severity.other);
  const host = hostname.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  const { id, value, kind, relation, indicator, isTest = false } = match;
  const parameters = Object.entries({
    id,
    value,
    kind,
    relation,
    indicator: indicator.id,
    listed: indicator.listed,
    tlp: indicator.label?.tlp.toUpperCase(),
  })
    .flatMap(([name, text]) => (text === undefined || text === '' ? [] : [` ${name}="${parameterText(text)}"`]))
    .join('');
  return `<${priority}>1 ${match.at ?? madeAt} ${host} comity - ${isTest ? 'test' : 'match'} [comity@32473${parameters}] `;
}

/** Spec: RFC 5424 §6.3.3: `"`, `\` and `]` are escaped; control characters, which it leaves open, become U+FFFD. */
function parameterText(text: string): string {
  const cut = cutText(text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd'), parameterBytesMax);
  return cut.replaceAll(/["\\\]]/g, (character) => `\\${character}`);
}
