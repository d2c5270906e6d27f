import { parseStixId } from '@comity/protocol/base';
import type { ComityError } from '@comity/protocol/base';
import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { SigmaDocument } from '@comity/protocol/sigma';
import { makeIndicator } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { uuidOfName } from '../../intel/index.ts';
import type { Item } from '../item.ts';

/** Namespace of the ids of indicators made of Sigma rules. */
const namespace = '0d3c7a52c1f64b1e8a5b9e2f4c6d8a71';
const labelsMax = 50;

/** Whether a text has the keys only Sigma rules, correlations and filters have, each at the start of a line. */
export function looksLikeSigma(text: string): boolean {
  return /^title:/m.test(text) && (/^detection:/m.test(text) || /^correlation:/m.test(text) || /^filter:/m.test(text));
}

/**
 * Reads Sigma rules as indicators whose pattern is their text (`pattern_type` `sigma`).
 *
 * Each rule is an indicator of its own; a file with correlations or filters is one, since its documents name each other. The
 * id follows from the id of the rule, else its title, and its version from the rule's own `modified` or `date`: what is read
 * again is the same object, and a rule that was changed is a new version of it. One without a date is told by its text.
 *
 * @param text - untrusted, at most `limits.sigmaFileCharsMax`.
 * @throws {ComityError} `INPUT_TOO_LARGE`.
 */
export function* readSigmaRules(text: string): Generator<Item> {
  const documents: SigmaDocument[] = [];
  for (const read of readSigma(text)) {
    if (read.error === undefined) documents.push(read.document);
    else yield rejected(read.error, undefined);
  }
  const { refused } = createSigmaEngine(documents);
  const unusable = new Set<SigmaDocument>();
  for (const { document, error } of refused) {
    unusable.add(document);
    yield rejected(error, document);
  }
  for (const part of partsOf(text, documents)) {
    const first = part.documents.find((document) => !unusable.has(document));
    if (first === undefined) continue;
    yield { kind: 'object', object: indicatorOf(first, part.text), place: `line ${first.line}` };
  }
}

function rejected(error: ComityError, document: SigmaDocument | undefined): Item {
  const line = error.details['line'] ?? document?.line;
  return { kind: 'rejected', place: line === undefined ? 'rule' : `line ${line}`, error };
}

interface Part {
  readonly text: string;
  readonly documents: readonly SigmaDocument[];
}

function partsOf(text: string, documents: readonly SigmaDocument[]): Part[] {
  if (documents.length < 2 || documents.some(({ kind }) => kind !== 'rule')) return [{ text, documents }];
  const lines = text.split('\n');
  const parts = documents.map((document, index): Part => {
    const own = lines.slice(document.line - 1, (documents[index + 1]?.line ?? lines.length + 1) - 1);
    const end = own.findIndex((line, at) => at > 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(line));
    return {
      text: `${own
        .slice(0, end < 0 ? own.length : end)
        .join('\n')
        .trimEnd()}\n`,
      documents: [document],
    };
  });
  // Where a document lies is told by lines; one that does not stand alone there keeps the file together.
  const standAlone = parts.every((part) => {
    const [only, ...others] = readSigma(part.text);
    return others.length === 0 && only?.document?.title === part.documents[0]?.title;
  });
  return standAlone ? parts : [{ text, documents }];
}

function indicatorOf(rule: SigmaDocument, text: string): StixObject {
  const dateUs = usOfDate(rule.date) ?? usOfDate(rule.modified);
  const createdUs = dateUs ?? 0;
  const modifiedUs = Math.max(createdUs, usOfDate(rule.modified) ?? createdUs);
  const name = dateUs === undefined ? text : (rule.id ?? rule.title);
  return makeIndicator({
    id: parseStixId(`indicator--${uuidOfName(namespace, name)}`),
    createdUs,
    modifiedUs,
    validFromUs: createdUs,
    pattern: text,
    patternType: 'sigma',
    name: rule.title,
    ...(rule.description !== undefined && { description: rule.description }),
    labels: [...(rule.level === undefined ? [] : [rule.level]), ...(rule.tags ?? [])].slice(0, labelsMax),
    ...(rule.id !== undefined && { externalReferences: [{ sourceName: 'sigma', externalId: rule.id }] }),
  });
}

/** `2026-01-02` as midnight UTC, in µs. */
function usOfDate(date: string | undefined): number | undefined {
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms * 1000;
}
