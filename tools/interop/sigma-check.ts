import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@comity/protocol/base';
import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { SigmaEngine, SigmaRule } from '@comity/protocol/sigma';
import { createRecordFeed, sigmaEventOf } from '@comity/screen';
import { inventEvents } from '../../bench/sigma/invent.ts';
import { findShared } from '../../packages/testkit/src/index.ts';
import { check } from './run-checks.ts';
import type { Check } from './run-checks.ts';

const ruleDirs = ['data/sigma-rules', 'vectors/sigma/rules'] as const;
const eventDirs = ['vectors/sigma/regression', 'data/windows-otrf'] as const;
const sysmon = 'Microsoft-Windows-Sysmon/Operational';

/** A Sysmon event, flat as the judge reads it, and as it lies in the log. */
export interface AskedEvent {
  readonly record: JsonObject;
  readonly fields: JsonObject;
  readonly categories: readonly string[];
}

/** What azuma says: rules that find the event, and files it cannot read. */
export interface RulesAnswer {
  readonly matched: readonly string[];
  readonly unread: readonly string[];
}

/** Files azuma 0.7.3 cannot read: two rules with `fieldref`. */
const unreadMax = 2;

/** Sysmon events, SigmaHQ's, of attacks that were recorded, and invented ones: the same rules find each here and there. */
export function sigmaCheck(): Check {
  let engine: SigmaEngine | undefined;
  return check<AskedEvent, RulesAnswer>({
    name: 'Sigma rules on Sysmon events',
    judge: 'rules',
    needs: [...ruleDirs, ...eventDirs],
    cases: () => [...recordedEvents(), ...inventEvents(1000, 31).flatMap(askedOf)],
    question: ({ fields, categories }) => ({ fields, categories, folders: ruleDirs.map(pathOf) }),
    fault: (each, answer) => rulesFault(each, answer, (engine ??= engineOfRules())),
  });
}

/**
 * Rules that find the event only here or only there; those of files the judge cannot read are set aside, and so is what it is
 * known to miss, as SigmaHQ's own events show: it looks for expressions at the beginning of a text only, and takes four
 * backslashes for four.
 */
export function rulesFault({ record }: AskedEvent, answer: RulesAnswer, engine: SigmaEngine): string | undefined {
  if (answer.unread.length > unreadMax) return `the judge cannot read ${answer.unread.join(', ')}`;
  const unread = new Set(answer.unread.flatMap((file) => idsIn(file)));
  const matches = engine.advance(sigmaEventOf('windows', { record }), 0);
  // Rules of the log as a whole, without category, are not asked there.
  const asked = matches.filter(({ rule }) => rule.kind === 'rule' && rule.logsource.category !== undefined);
  const ours = new Set(asked.flatMap(({ rule }) => (rule.id === undefined || unread.has(rule.id) ? [] : rule.id)));
  const theirs = new Set(answer.matched);
  const [here, there] = [ours.difference(theirs), theirs.difference(ours)];
  for (const { rule } of asked) {
    if (rule.kind === 'rule' && rule.id !== undefined && isMissedThere(rule)) here.delete(rule.id);
  }
  if (here.size === 0 && there.size === 0) return undefined;
  return `only here ${[...here].join() || 'none'}, only there ${[...there].join() || 'none'}: ${JSON.stringify(record)}`;
}

function isMissedThere({ detection }: SigmaRule): boolean {
  const text = JSON.stringify([...detection.searches.values()]);
  return text.includes('|re') || text.includes(String.raw`\\\\\\\\`);
}

function idsIn(file: string): readonly string[] {
  return readSigma(readFileSync(file, 'utf8')).flatMap(({ document }) => document?.id ?? []);
}

function pathOf(folder: string): string {
  return findShared(folder) ?? folder;
}

function engineOfRules(): SigmaEngine {
  const files = ruleDirs.flatMap((folder) => globSync(join(pathOf(folder), '**/*.yml')).sort());
  return createSigmaEngine(
    files.flatMap((file) => readSigma(readFileSync(file, 'utf8')).flatMap(({ document }) => document ?? [])),
  );
}

function recordedEvents(): readonly AskedEvent[] {
  const asked: AskedEvent[] = [];
  for (const file of eventDirs.flatMap((folder) => globSync(join(pathOf(folder), '**/*.json')).sort())) {
    const feed = createRecordFeed(
      () => ({ format: 'windows', framing: 'objects' }),
      ({ record }) => asked.push(...askedOf(record)),
    );
    feed.push(readFileSync(file));
    feed.end();
  }
  return asked;
}

/** A Sysmon event with its data on the top level; nothing of another log. */
function askedOf(record: JsonObject): AskedEvent[] {
  const event = sigmaEventOf('windows', { record });
  if (event.field('Channel') !== sysmon) return [];
  const categories = event.logsources.flatMap(({ category }) => category ?? []);
  const inner = record['Event'] as JsonObject | undefined;
  const data = inner === undefined ? record : (inner['EventData'] as JsonObject);
  return [{ record, fields: { ...data, EventID: event.field('EventID') ?? null }, categories }];
}
