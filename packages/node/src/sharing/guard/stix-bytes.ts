import { gradeOfLabel, strictGrade, stricterPap } from './grades.ts';
import type { Reading } from './grades.ts';

/** Markings whose ids the standards fix (STIX 2.1 §7.2.1.4; OASIS TLP 2.0 and PAP extensions). */
const gradesById: ReadonlyMap<string, number> = new Map([
  ['94868c89-83c2-464b-929b-a1a8aa3c8487', 0],
  ['613f2e26-407d-48c7-9eca-b8e91df99dc9', 0],
  ['bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 1],
  ['34098fce-860f-48ae-8e50-ebd3cc5e41da', 1],
  ['55d920b0-5e8b-4f79-9ee9-91f868d9b421', 2],
  ['f88d31f6-486f-44da-b317-01333bde0b82', 2],
  ['939a9414-2ddd-4d32-a0cd-375ea402b003', 3],
  ['e828b379-4e03-4974-9ac4-e53a884c97c1', 4],
  ['5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 4],
]);
const papsById: ReadonlyMap<string, string> = new Map([
  ['ad15a0cd-55b6-4588-a14c-a66105329b92', 'clear'],
  ['a3bea94c-b469-41dc-9cfe-d6e7daba7730', 'clear'],
  ['c43594d1-4b11-4c59-93ab-1c9b14d53ce9', 'green'],
  ['60f8932b-e51e-4458-b265-a2e8be9a80ab', 'amber'],
  ['740d36e5-7714-4c30-961a-3ae632ceee0e', 'red'],
]);
const extensions = {
  tlp: 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d',
  pap: 'extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b',
  iep: 'extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a',
} as const;
const definitionsMax = 10_000;
const depthMax = 8;

type Fields = Readonly<Record<string, unknown>>;
const nothing: readonly unknown[] = [];

/** What one marking says. */
interface Marking {
  readonly grade?: number;
  readonly pap?: string;
  readonly obstacle?: string;
}

const fixed: ReadonlyMap<string, Marking> = new Map<string, Marking>([
  ...[...gradesById].map(([uuid, grade]): [string, Marking] => [`marking-definition--${uuid}`, { grade }]),
  ...[...papsById].map(([uuid, pap]): [string, Marking] => [`marking-definition--${uuid}`, { pap }]),
]);

/** Reads markings from parsed STIX text; keeps the definitions it saw. */
export class StixBytes {
  readonly #definitions = new Map<string, Marking>();
  readonly #isRead: (statement: string) => boolean;

  constructor(isRead: (statement: string) => boolean) {
    this.#isRead = isRead;
  }

  /** A reading for each object in `value`. */
  read(value: unknown): Reading[] {
    const objects: Fields[] = [];
    collectObjects(value, 0, objects);
    for (const object of objects) if (object['type'] === 'marking-definition') this.#learn(object);
    const readings: Reading[] = [];
    for (const object of objects) if (object['type'] !== 'marking-definition') readings.push(this.#readObject(object));
    return readings;
  }

  #learn(definition: Fields): void {
    const { id } = definition;
    if (typeof id !== 'string') return;
    const marking = this.#markingOf(definition);
    const before = this.#definitions.get(id);
    if (before === undefined && this.#definitions.size < definitionsMax) this.#definitions.set(id, marking);
    // Two that say different things under one id: neither can be trusted.
    else if (JSON.stringify(before) !== JSON.stringify(marking))
      this.#definitions.set(id, { grade: strictGrade, obstacle: 'a marking of it is defined twice' });
  }

  #readObject(object: Fields): Reading {
    const { id, type } = object;
    const what = typeof id === 'string' ? id : typeof type === 'string' ? type : 'an object';
    let grade: number | undefined;
    let partGrade = 0;
    let pap: string | undefined;
    let obstacle: string | undefined;
    for (const ref of listOf(object['object_marking_refs'])) {
      const marking = this.#find(ref);
      if (marking.grade !== undefined) grade = Math.max(grade ?? 0, marking.grade);
      if (marking.pap !== undefined) pap = stricterPap(pap, marking.pap);
      obstacle ??= marking.obstacle;
    }
    for (const part of listOf(object['granular_markings'])) {
      if (isFields(part) && typeof part['lang'] === 'string' && part['marking_ref'] === undefined) continue;
      const marking = this.#find(isFields(part) ? part['marking_ref'] : part);
      partGrade = Math.max(partGrade, marking.grade ?? 0);
      if (marking.pap !== undefined) pap = stricterPap(pap, marking.pap);
      obstacle ??= marking.obstacle;
    }
    // A label on a part is none on the whole: the rest is as strict as what bears none.
    const isUnlabelled = grade === undefined && partGrade === 0;
    return { what, grade: isUnlabelled ? undefined : Math.max(grade ?? strictGrade, partGrade), pap, obstacle };
  }

  #find(ref: unknown): Marking {
    const id = typeof ref === 'string' ? ref : '';
    return (
      fixed.get(id) ??
      this.#definitions.get(id) ?? { obstacle: 'it bears a marking whose definition does not travel with it' }
    );
  }

  #markingOf(definition: Fields): Marking {
    const extra = isFields(definition['extensions']) ? definition['extensions'] : {};
    const content = isFields(definition['definition']) ? definition['definition'] : {};
    const tlp = extra[extensions.tlp];
    if (isFields(tlp)) return labelled(tlp['tlp_2_0']);
    const pap = extra[extensions.pap];
    if (isFields(pap)) return { pap: stricterPap(undefined, String(pap['pap']).toLowerCase()) };
    const iep = extra[extensions.iep];
    if (isFields(iep)) return policy(iep);
    if (definition['definition_type'] === 'tlp') return labelled(content['tlp']);
    const { statement } = content;
    if (definition['definition_type'] === 'statement' && typeof statement === 'string')
      return this.#isRead(statement)
        ? {}
        : { obstacle: 'it bears a restriction in words that no person here has read' };
    return { obstacle: 'it bears a marking that cannot be read' };
  }
}

function labelled(label: unknown): Marking {
  const grade = typeof label === 'string' ? gradeOfLabel(label) : undefined;
  return grade === undefined ? { obstacle: 'it bears a label that is none' } : { grade };
}

/** FIRST IEP 2.0: its label; what it permits, and to whom, is the decision's to weigh. */
function policy(iep: Fields): Marking {
  return iep['tlp'] === undefined || iep['tlp'] === null ? {} : labelled(iep['tlp']);
}

/** Every STIX object in a text, also those inside of bundles: an object has a type and an id. */
function collectObjects(value: unknown, depth: number, found: Fields[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collectObjects(item, depth + 1, found);
    return;
  }
  if (!isFields(value) || depth > depthMax) {
    if (depth > depthMax) found.push({ type: 'what is nested too deep' });
    return;
  }
  const { objects } = value;
  if (Array.isArray(objects)) for (const item of objects) collectObjects(item, depth + 1, found);
  else found.push(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return nothing;
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
