import { gradeOfLabel, strictGrade } from './grades.ts';

/** What of an item of the peer protocol says how far it may go. What is not there, or is no label, is handled strictly. */
export function readPeerItem(item: unknown): {
  readonly isOrigin: boolean;
  /** Grade of the label it is lent under, and of the one its origin signed. */
  readonly terms: number;
  readonly stated: number;
  readonly pap: string | undefined;
} {
  const { path, statement, terms } = fieldsOf(item);
  const { origin, terms: stated } = fieldsOf(statement);
  const pap = fieldsOf(terms)['pap'];
  return {
    isOrigin: Array.isArray(path) && path.length === 1 && path[0] === origin,
    terms: gradeIn(terms),
    stated: gradeIn(stated),
    pap: typeof pap === 'string' ? pap : undefined,
  };
}

function gradeIn(terms: unknown): number {
  const label = fieldsOf(terms)['tlp'];
  return typeof label === 'string' ? (gradeOfLabel(label) ?? strictGrade) : strictGrade;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
