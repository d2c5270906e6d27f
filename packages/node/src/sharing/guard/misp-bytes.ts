import { gradeOfLabel, strictGrade, stricterPap } from './grades.ts';
import type { Reading } from './grades.ts';

const depthMax = 12;
type Fields = Readonly<Record<string, unknown>>;

interface Tags {
  readonly grade: number | undefined;
  readonly pap: string | undefined;
}

/**
 * A reading for each event in parsed MISP text, and one for each attribute and object that stands in none.
 *
 * What is inside tightens what it stands in: an event is as strict as its strictest attribute, tag or report. Tags of TLP that
 * are no label of it count as AMBER+STRICT, tags of PAP that are none as RED.
 */
export function gradeOfMisp(value: unknown): Reading[] {
  if (Array.isArray(value)) return value.flatMap((item) => gradeOfMisp(item));
  if (!isFields(value)) return [];
  const event = value['Event'];
  if (isFields(event)) return [readingOf(event, 'event')];
  const { response } = value;
  if (response !== undefined) return gradeOfMisp(response);
  const held = ['Attribute', 'Object'].map((key) => value[key]).filter((each) => each !== undefined);
  if (held.length > 0 && value['info'] === undefined && value['Tag'] === undefined)
    return held.flatMap((item) => (Array.isArray(item) ? item : [item])).map((item) => readingOf(item, 'attribute'));
  return [readingOf(value, 'event')];
}

function readingOf(value: unknown, kind: string): Reading {
  const { grade, pap } = tagsIn(value, 0);
  const uuid = isFields(value) ? value['uuid'] : undefined;
  return { what: typeof uuid === 'string' ? `${kind} ${uuid}` : kind, grade, pap, obstacle: undefined };
}

/** The strictest of all tags at any depth; the event itself must bear a label, not only a part of it. */
function tagsIn(value: unknown, depth: number): Tags {
  if (depth > depthMax) return { grade: strictGrade, pap: 'red' };
  if (Array.isArray(value))
    return value.map((item) => tagsIn(item, depth)).reduce(stricter, { grade: undefined, pap: undefined });
  if (!isFields(value)) return { grade: undefined, pap: undefined };
  const own = ownTags(value);
  const inner = Object.entries(value)
    .filter(([key, item]) => key !== 'Tag' && key !== 'Galaxy' && typeof item === 'object')
    .map(([, item]) => tagsIn(item, depth + 1))
    .reduce(stricter, { grade: undefined, pap: undefined });
  const grade = depth === 0 ? Math.max(own.grade ?? strictGrade, inner.grade ?? 0) : stricter(own, inner).grade;
  return { grade, pap: stricter(own, inner).pap };
}

function ownTags({ Tag: tags }: Fields): Tags {
  let grade: number | undefined;
  let pap: string | undefined;
  for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
    const name = isFields(tag) && typeof tag['name'] === 'string' ? tag['name'].trim().toLowerCase() : '';
    if (name.startsWith('tlp:'))
      grade = Math.max(grade ?? 0, gradeOfLabel(name.replace(/^tlp:ex:.*$/, 'tlp:amber+strict')) ?? strictGrade);
    if (name.startsWith('pap:')) pap = stricterPap(pap, name.slice(4));
  }
  return { grade, pap };
}

function stricter(a: Tags, b: Tags): Tags {
  const grades = [a.grade, b.grade].filter((grade) => grade !== undefined);
  const paps = [a.pap, b.pap].filter((pap) => pap !== undefined);
  return {
    grade: grades.length === 0 ? undefined : Math.max(...grades),
    pap: paps.length === 0 ? undefined : paps.reduce((pap, other) => stricterPap(pap, other)),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
