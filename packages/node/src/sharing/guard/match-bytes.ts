import { gradeOfLabel, strictGrade, stricterPap } from './grades.ts';
import type { Reading } from './grades.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A reading for each match in parsed text: our own form, which bears its label as `tlp` and `pap`, and the Elastic Common
 * Schema, which bears it as `threat.indicator.marking.tlp`. Where a text has both, the stricter counts; a label that is none
 * counts as AMBER+STRICT, as does a match without one.
 */
export function gradeOfMatches(value: unknown): Reading[] {
  if (Array.isArray(value)) return value.flatMap((item) => gradeOfMatches(item));
  if (!isFields(value)) return [{ what: 'the match', grade: strictGrade, pap: undefined, obstacle: undefined }];
  const labels = [value['tlp'], at(value, ['threat', 'indicator', 'marking', 'tlp'])].filter(
    (each) => each !== undefined,
  );
  const grades = labels.map((label) => (typeof label === 'string' ? gradeOfLabel(label) : undefined) ?? strictGrade);
  const paps = [value['pap'], at(value, ['labels', 'pap'])].filter((each) => each !== undefined);
  const pap = paps.reduce<string | undefined>(
    (strict, each) => stricterPap(strict, typeof each === 'string' ? each.toLowerCase().replace(/^pap:/, '') : ''),
    undefined,
  );
  const id = value['id'] ?? at(value, ['event', 'id']);
  const what = typeof id === 'string' ? id : 'the match';
  return [{ what, grade: grades.length === 0 ? undefined : Math.max(...grades), pap, obstacle: undefined }];
}

function at(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const name of path) inner = isFields(inner) ? inner[name] : undefined;
  return inner;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
