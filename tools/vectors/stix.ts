import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, hexOf, utf8Bytes } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { papMarkingObjects, tlpMarkingObjects } from '@comity/protocol/markings';
import { deterministicId } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const idCases = 'vectors/stix-spec/deterministic-ids.json';
const tlpCases = 'vectors/stix-spec/tlp-markings.json';
const papCases = 'vectors/stix-extensions/pap-marking-definition-f8d/pap-markings.json';
const canonicalDir = 'vectors/jcs-rfc8785';
const canonicalNames = ['arrays', 'french', 'structures', 'unicode', 'values', 'weird'];

/** Ids of observables by STIX 2.1 §2.9, and the fixed marking-definitions, as their publishers print them. */
export const stixSuite: Suite = {
  name: 'STIX objects',
  needs: [idCases, tlpCases, papCases],
  run: () => [idScore(), randomIdScore(), markingScore()],
};

/** RFC 8785, the test data of its author. */
export const canonicalSuite: Suite = {
  name: 'canonical JSON',
  needs: [canonicalDir],
  run: () => [canonicalScore()],
};

type TypedObject = JsonObject & { type: string };
type Published = JsonObject & { id: string };

interface IdCase {
  readonly object: TypedObject;
  readonly id: string;
}

function idScore(): Score {
  const file = read(idCases) as { cases: IdCase[]; constructed: IdCase[] };
  return scoreOf('deterministic ids', [...file.cases, ...file.constructed], 121, ({ object, id }) => {
    const made = deterministicId(object.type, object);
    return made === id ? undefined : `${made ?? 'none'} instead of ${id}`;
  });
}

function randomIdScore(): Score {
  const file = read(idCases) as { no_contributing_properties: { object: TypedObject }[] };
  return scoreOf('observables without one', file.no_contributing_properties, 5, ({ object }) => {
    const made = deterministicId(object.type, object);
    return made === undefined ? undefined : `${made} for ${JSON.stringify(object)}`;
  });
}

function markingScore(): Score {
  const tlp = read(tlpCases) as { tlp_1_0: Published[]; tlp_2_0: Published[] };
  const pap = read(papCases) as { markings: Published[] };
  const ours = new Map<string, string>([...tlpMarkingObjects, ...papMarkingObjects].map(({ id, text }) => [id, text]));
  return scoreOf('marking definitions', [...tlp.tlp_1_0, ...tlp.tlp_2_0, ...pap.markings], 14, (published) => {
    const text = ours.get(published.id);
    const same = text !== undefined && canonicalJson(JSON.parse(text) as JsonValue) === canonicalJson(published);
    return same ? undefined : `${published.id} differs from what is published`;
  });
}

function canonicalScore(): Score {
  return scoreOf('canonical JSON', canonicalNames, 6, (name) => {
    const text = canonicalJson(JSON.parse(readText(join(canonicalDir, 'input', `${name}.json`))) as JsonValue);
    const hex = readText(join(canonicalDir, 'outhex', `${name}.txt`)).replace(/\s/g, '');
    return hexOf(utf8Bytes(text)) === hex ? undefined : `${name}: ${text}`;
  });
}

function read(path: string): unknown {
  return JSON.parse(readText(path));
}

function readText(path: string): string {
  return readFileSync(findShared(path) ?? path, 'utf8');
}
