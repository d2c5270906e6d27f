import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';
import { isMispDocument, mispToStix, readMispEvents } from '@comity/protocol/misp';
import type { MispEvent } from '@comity/protocol/misp';
import type { StixObject } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';

/** Where MISP events are, below the foreign test data. */
export const mispDirs: readonly string[] = [
  'data/misp-eset',
  'data/misp-pymisp',
  'data/tweetfeed/misp',
  'vectors/misp',
  'vectors/misp-stix',
];

/** A document with its events as we read them. */
export interface MispDocument {
  readonly path: string;
  readonly document: JsonValue;
  readonly events: readonly MispEvent[];
}

/** Every MISP document with events; files that are no JSON or no events are other cases of the sets. */
export function mispDocuments(): MispDocument[] {
  return mispDirs.flatMap((dir) => {
    const root = findShared(dir) ?? dir;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    return files
      .sort((a, b) => (a < b ? -1 : 1))
      .flatMap((file) => {
        const document = parseLenient(readFileSync(join(root, file), 'utf8'));
        if (document === undefined || !isMispDocument(document)) return [];
        const events = [...readMispEvents(document, file)].flatMap((event) =>
          event instanceof ComityError ? [] : event,
        );
        return events.length === 0 ? [] : [{ path: `${dir}/${file}`, document, events }];
      });
  });
}

function parseLenient(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What all of them become, no two texts alike. */
export function mispObjects(): StixObject[] {
  const objects = mispDocuments().flatMap(({ events }) => events.flatMap((event) => mispToStix(event).objects));
  return [...new Map(objects.map((object) => [object.text, object])).values()];
}
