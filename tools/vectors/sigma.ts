import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { SigmaDocument } from '@comity/protocol/sigma';
import { createRecordFeed, sigmaEventOf } from '@comity/screen';
import type { FedRecord } from '@comity/screen';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const casesFile = 'vectors/sigma/index.json';
const ruleFolders = ['data/sigma-rules', 'vectors/sigma/rules', 'data/sigma-regression/rules'] as const;
const regressionFolder = 'data/sigma-regression';
const specificationFolder = 'vectors/sigma/specification-tests';

/** SigmaHQ's own: rules that must compile, events its rules must find, and documents of the specification's schema tests. */
export const sigmaSuite: Suite = {
  name: 'sigma',
  needs: [casesFile, ...ruleFolders, regressionFolder, specificationFolder],
  run: () => [rulesScore(), eventsScore(), pairsScore(), specificationScore()],
};

const pathOf = (shared: string): string => findShared(shared) ?? shared;
const filesOf = (folder: string): string[] => globSync(join(pathOf(folder), '**/*.yml')).sort();
const read = (file: string): string => readFileSync(file, 'utf8');

/** Every rule compiles; one that does not is shown with its reason. */
function rulesScore(): Score {
  const files = ruleFolders.flatMap(filesOf);
  return scoreOf('sigma rules that can be used', files, 781, (file) => {
    const documents: SigmaDocument[] = [];
    for (const { document, error } of readSigma(read(file))) {
      if (error !== undefined) return `${file}: ${error.message}`;
      documents.push(document);
    }
    const [refused] = createSigmaEngine(documents).refused;
    if (documents.length === 0) return `${file}: no rule in it`;
    return refused === undefined ? undefined : `${file}: ${refused.error.message}`;
  });
}

interface RegressionCase {
  readonly rule_id: string;
  readonly rule: string;
  readonly events: readonly string[];
}

/** Events every rule must find: all rules are live at once, so that each is found through the index. */
function eventsScore(): Score {
  const { cases } = JSON.parse(read(pathOf(casesFile))) as { cases: readonly RegressionCase[] };
  const base = join(pathOf(casesFile), '..');
  const rules = cases.map(({ rule }) => join(base, rule));
  const pairs = cases.flatMap(({ rule_id: id, events }) => events.map((event) => ({ id, event: join(base, event) })));
  return foundScore('sigma regression events found', 202, rules, pairs);
}

/** The same of another choice of them, some with several events. */
function pairsScore(): Score {
  const folder = pathOf(regressionFolder);
  const events = globSync(join(folder, 'events/*.json')).sort();
  const pairs = events.map((event) => ({ id: /([^/\\]+)\.json$/.exec(event)?.[1] ?? '', event }));
  return foundScore('sigma regression pairs found', 95, filesOf(`${regressionFolder}/rules`), pairs);
}

function foundScore(
  name: string,
  required: number,
  rules: readonly string[],
  pairs: readonly { readonly id: string; readonly event: string }[],
): Score {
  const documents = rules.flatMap((file) => readSigma(read(file)).flatMap(({ document }) => document ?? []));
  const [indexed, naive] = [true, false].map((each) => createSigmaEngine(documents, { indexed: each }));
  return scoreOf(name, pairs, required, ({ id, event }) => {
    const found = new Set<string | undefined>();
    for (const { record } of recordsOf(event)) {
      const asked = [indexed!, naive!].map((engine) =>
        engine.advance(sigmaEventOf('windows', { record }), 0).map(({ rule }) => rule.id),
      );
      if (String(asked[0]) !== String(asked[1])) return `${event}: the index changes what is found`;
      for (const each of asked[0]!) found.add(each);
    }
    return found.has(id) ? undefined : `${event}: rule ${id} does not find it`;
  });
}

/** The records of a file as the product reads them: several JSON objects in a row. */
function recordsOf(file: string): readonly FedRecord[] {
  const records: FedRecord[] = [];
  const feed = createRecordFeed(
    () => ({ format: 'windows', framing: 'objects' }),
    (record) => records.push(record),
  );
  feed.push(readFileSync(file));
  feed.end();
  return records;
}

/** Documents of the specification are read; correlations and filters among them. */
function specificationScore(): Score {
  return scoreOf('sigma documents of the specification', filesOf(specificationFolder), 12, (file) => {
    const [first, ...rest] = readSigma(read(file));
    if (first === undefined || rest.length > 0) return `${file}: ${rest.length + 1} documents`;
    const kind = /specification-tests.schema.(\w+?)s?[/\\]/.exec(file)?.[1];
    if (first.error !== undefined) return `${file}: ${first.error.message}`;
    return first.document.kind === kind ? undefined : `${file}: read as ${first.document.kind}`;
  });
}
