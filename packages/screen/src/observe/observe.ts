import type { JsonObject } from '@comity/protocol/base';
import type { Observation } from '@comity/protocol/pattern';
import type { FormatName } from '../formats/index.ts';
import { observeEcs } from './ecs.ts';
import { observeEve } from './eve.ts';
import { Scene } from './scene.ts';
import { observeWindows } from './windows.ts';
import { observeZeek } from './zeek.ts';

/** Adds what a record shows to a scene; when it was seen, if it says. */
type Observer = (record: JsonObject, scene: Scene) => number | undefined;

const observers: Partial<Record<FormatName, Observer>> = {
  'zeek-tsv': observeZeek,
  'zeek-json': observeZeek,
  eve: observeEve,
  ecs: observeEcs,
  windows: observeWindows,
};

/** Whether records of a format are turned into observations. */
export function isObserved(format: FormatName): boolean {
  return observers[format] !== undefined;
}

/**
 * The observation a record is: the objects it shows, by one mapping for all formats (docs/spec/observations.md). Pure.
 *
 * @param record - As its format has it: a parsed JSON object, or of `zeek-tsv` the columns by name (`recordOf`). Untrusted.
 * @param atUs - When it was seen in case it does not say, microseconds since the Unix epoch.
 * @returns undefined for a format that is not mapped, and for a record that shows nothing STIX has an object for.
 */
export function observationOf(format: FormatName, record: JsonObject, atUs: number): Observation | undefined {
  const observe = observers[format];
  if (observe === undefined) return undefined;
  const scene = new Scene();
  const seenUs = observe(record, scene) ?? atUs;
  if (scene.objects.size === 0) return undefined;
  return { firstUs: seenUs, lastUs: seenUs, numberObserved: 1, objects: scene.objects };
}
