import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@comity/protocol/base';
import { readBundle, validateBundle } from '@comity/protocol/stix';
import type { Finding } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const examplesPath = 'vectors/stix-spec/examples.json';
const verdictsPath = 'vectors/stix-examples/verdicts.json';
const fixturesPath = 'vectors/rsigma/rstix/oracle-validator-verdicts.json';
const qualityPath = 'data/TRUTH/stix-quality.json';

/** What the standard shows, and bundles from the field. */
export const stixBundleSuite: Suite = {
  name: 'STIX bundles',
  needs: [examplesPath, verdictsPath, fixturesPath, qualityPath],
  run: () => [exampleScore(), verdictScore(), fixtureScore(), qualityScore()],
};

interface Example {
  readonly section: string;
  readonly object: JsonValue;
  readonly stix2_validator: { readonly valid: boolean | null };
  readonly python_stix2: { readonly ok: boolean };
}

/** Why we differ in an example, by its heading. */
const exampleReasons: Readonly<Record<string, string>> = {
  'Granular Marking Type': ' (its lang needs no marking_ref, §7.2.3; stix2-validator asks for one)',
};

/** Valid is what both judges take: 151 of 179. */
function exampleScore(): Score {
  const { examples } = read(examplesPath) as { examples: Example[] };
  return scoreOf('spec examples', examples, 178, ({ section, object, stix2_validator, python_stix2 }) => {
    const errors = errorsOf(JSON.stringify(object));
    const isValid = stix2_validator.valid === true && python_stix2.ok;
    return (errors.length === 0) === isValid
      ? undefined
      : `${section}: ${textOf(errors) || 'we find nothing'}${exampleReasons[section] ?? ''}`;
  });
}

interface Verdict {
  readonly file: string;
  readonly stix2_validator: { readonly valid?: boolean };
}

/** Files with an empty list inside a custom property, which the outside validator looks at on the top level only (§2.12). */
const emptyLists: ReadonlySet<string> = new Set(['stix-examples/attack/ics-attack-18.1.json']);

/** Files the outside validator could judge: STIX 2.1, from five publishers. */
function verdictScore(): Score {
  const { files } = read(verdictsPath) as { files: Verdict[] };
  const judged = files.flatMap(({ file, stix2_validator: { valid } }) => {
    const path = findShared('vectors', file) ?? findShared('vectors', 'stix-examples', file);
    return valid === undefined || path === undefined ? [] : { file, valid, path };
  });
  return scoreOf('published bundles', judged, 35, ({ file, valid, path }) => {
    const errors = errorsOf(readFileSync(path, 'utf8')).filter(
      ({ code }) => !(code === 'list-empty' && emptyLists.has(file)),
    );
    return (errors.length === 0) === valid ? undefined : `${file}: ${textOf(errors)}`;
  });
}

/** Fixtures that break a MUST the outside validator does not look at, with the section it stands in. */
const stricter: Readonly<Record<string, string>> = {
  'interop/testcases/harness/missing-sidecar.json': '§2.12: a list is not empty',
  'spec/meta/extension-definition-missing-created-by-ref.json': '§7.3: created_by_ref is required',
  'spec/sco/directory-contains-wrong-type.json': '§6.3.1: files and directories',
  'spec/sco/domain-name-resolves-wrong-type.json': '§6.4.1: addresses and names',
  'spec/sco/file-name-enc-without-name.json': '§6.7.1: an encoding is that of a name',
  'spec/sco/ipv4-addr-resolves-wrong-type.json': '§6.8.1: MAC addresses',
  'spec/sdo/observed-data-deprecated-objects-sro.json': '§4.14.1: a dictionary of observables',
  'validation/observed-data-objects-with-sro.json': '§4.14.1: a dictionary of observables',
};

/** The fixtures of another implementation, as far as the outside validator has a verdict on them. */
function fixtureScore(): Score {
  const { files } = read(fixturesPath) as { files: { file: string; valid: boolean | string }[] };
  const judged = files.filter(({ valid }) => typeof valid === 'boolean');
  return scoreOf('rstix fixtures', judged, judged.length, ({ file, valid }) => {
    const errors = errorsOf(readFileSync(findShared('vectors/rsigma/rstix', file) ?? file, 'utf8'));
    const expected = valid === true && stricter[file] === undefined;
    return (errors.length === 0) === expected ? undefined : `${file}: ${textOf(errors) || 'we find nothing'}`;
  });
}

/** Counts of a set that are known: of its files, and of relationships that lead out of their bundle. */
type Quality = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every bundle at hand is read whole, and as many relationships lead nowhere as are known to. */
function qualityScore(): Score {
  const quality = read(qualityPath) as Quality;
  return scoreOf('bundles from the field', Object.entries(quality), Object.keys(quality).length, ([set, known]) => {
    const dir = findShared('data', set);
    if (dir === undefined) return `${set} is not on this machine`;
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:json|stix2?)$/.test(name),
    );
    let dangling = 0;
    let objects = 0;
    for (const name of files) {
      const text = readFileSync(join(dir, name), 'utf8');
      const findings = validateBundle(text, { containment: true });
      // An end that is not there at all leads nowhere as well.
      const lost = findings.filter(
        ({ code, path }) => (code === 'reference-missing' || code === 'property-missing') && isRelationshipEnd(path),
      );
      dangling += new Set(lost.map(({ path }) => path.replace(/\.\w+$/, ''))).size;
      objects += [...readBundle(text)].length;
    }
    const expected = known['dangling relationships (ref not in same bundle)'];
    return objects > 0 && dangling === expected
      ? undefined
      : `${set}: ${dangling} lead nowhere, not ${String(expected)}`;
  });
}

function isRelationshipEnd(path: string): boolean {
  return /^objects\[\d+\]\.(?:source|target)_ref$/.test(path);
}

function errorsOf(text: string): Finding[] {
  return validateBundle(text).filter(({ severity }) => severity === 'error');
}

function textOf(errors: readonly Finding[]): string {
  return errors
    .map(({ code, path }) => `${code} at ${path}`)
    .join(', ')
    .slice(0, 200);
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(findShared(path) ?? path, 'utf8'));
}
