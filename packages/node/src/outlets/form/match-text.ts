import type { MatchForm } from '@comity/protocol/api';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { ecsForm } from './ecs-form.ts';
import { ownForm } from './own-form.ts';
import type { Teller, ToldMatch } from './told-match.ts';

const formOf: Readonly<Record<MatchForm, (match: ToldMatch, teller: Teller) => JsonObject>> = {
  comity: ownForm,
  ecs: ecsForm,
};

/** A match as a document. */
export function matchDocument(match: ToldMatch, form: MatchForm, teller: Teller): JsonObject {
  return formOf[form](match, teller);
}

/** How a document is written. */
export type WriteJson = (document: JsonValue) => string;

/** JSON of ASCII alone, for what must stay one line whatever takes it for a line end. */
export const asciiJson: WriteJson = (document) =>
  JSON.stringify(document).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Bytes one text has as JSON in the smallest document there is. */
const smallTextBytes = 96;

/** What is left of a match when its document has to be smaller, in this order; at the end every text is cut. */
const smaller: readonly ((match: ToldMatch) => ToldMatch)[] = [
  (match) => match,
  (match) => ({ ...match, record: '' }),
  barest,
];

function barest({ id, at, recordedAt, value, kind, relation, alarm, isTest, indicator }: ToldMatch): ToldMatch {
  const { id: indicatorId, listed, label } = indicator;
  return {
    ...(id !== undefined && { id }),
    ...(at !== undefined && { at }),
    ...(recordedAt !== undefined && { recordedAt }),
    file: '',
    line: 0,
    record: '',
    value,
    kind,
    relation,
    alarm,
    ...(isTest !== undefined && { isTest }),
    indicator: { listed, ...(indicatorId !== undefined && { id: indicatorId }), ...(label !== undefined && { label }) },
  };
}

/**
 * A match as one line of JSON of at most so many bytes. Where it is longer the record goes first, and what is read from it;
 * then what the indicator says beside its value, and long texts are cut between characters, with `…`. It stays JSON.
 *
 * @param bytesMax - At least 1,600: the smallest document fits.
 */
export function matchText(
  match: ToldMatch,
  form: MatchForm,
  teller: Teller,
  { bytesMax, write = JSON.stringify }: { readonly bytesMax: number; readonly write?: WriteJson },
): string {
  for (const make of smaller) {
    const text = write(matchDocument(make(match), form, teller));
    if (Buffer.byteLength(text) <= bytesMax) return text;
  }
  return write(withCutTexts(matchDocument(barest(match), form, teller), write));
}

function withCutTexts(value: JsonValue, write: WriteJson): JsonValue {
  if (typeof value === 'string') return cutText(value, smallTextBytes, write);
  if (Array.isArray(value)) return value.map((each) => withCutTexts(each, write));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withCutTexts(each, write)]));
}

/** The beginning of a text that has at most so many bytes as JSON, with `…` where it was cut. */
export function cutText(text: string, bytesMax: number, write: WriteJson = JSON.stringify): string {
  const bytesOf = (part: string): number => Buffer.byteLength(write(part)) - 2;
  if (text.length <= bytesMax && bytesOf(text) <= bytesMax) return text;
  let kept = '';
  let bytes = bytesOf('…');
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > bytesMax) break;
    kept += character;
  }
  return `${kept}…`;
}
