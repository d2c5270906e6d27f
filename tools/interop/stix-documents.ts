import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBundle } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { findShared, sharedDir } from '../../packages/testkit/src/index.ts';

/** Sets of STIX below the foreign test data. */
export function stixDirs(): string[] {
  if (findShared('data') === undefined) return ['data'];
  return readdirSync(join(sharedDir, 'data'))
    .filter((name) => name.startsWith('stix-'))
    .map((name) => `data/${name}`);
}

/** Every object of STIX 2.1 in them that we can read, no two texts alike; the outside validator has no schemas for 2.0. */
export function publishedObjects(): StixObject[] {
  const texts = stixDirs().flatMap((dir) => {
    const root = findShared(dir) ?? dir;
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:json|stix2?)$/.test(name),
    );
    return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => readFileSync(join(root, name), 'utf8'));
  });
  const objects = texts.flatMap((text) =>
    [...readBundle(text)].flatMap(({ object, spec20 }) => (object === undefined || spec20 ? [] : object)),
  );
  return [...new Map(objects.map((object) => [object.text, object])).values()];
}
