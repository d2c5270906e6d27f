import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf, utf8Bytes } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { hashedTexts } from './feed.ts';
import { listIn, textIn } from './stix-fields.ts';

/** Fields of an event that its entry in the manifest says again. */
const announced = ['info', 'Orgc', 'analysis', 'Tag', 'timestamp', 'date', 'threat_level_id'] as const;

/**
 * The entry of an event in the manifest of a feed, by which whoever pulls sees whether it changed.
 *
 * Spec: MISP core format, "Manifest".
 *
 * @param event - what stands behind `Event`.
 * @param text - the file of the event, to the byte.
 */
export function mispManifestEntry(event: JsonObject, text: string): JsonObject {
  const said = Object.fromEntries(announced.map((name) => [name, event[name] ?? '']));
  return { ...said, 'integrity:sha256': hexOf(sha256(utf8Bytes(text))) };
}

/** Lines of `hashes.csv` for an event: the MD5 of each value and the event it stands in. What is deleted is in none. */
export function mispHashLines(event: JsonObject): string[] {
  const attributes = [
    ...listIn(event['Attribute']),
    ...listIn(event['Object']).flatMap((each) => listIn(each['Attribute'])),
  ];
  const hashes = attributes
    .filter((attribute) => attribute['deleted'] !== true)
    .flatMap((attribute) => hashedTexts({ type: textIn(attribute['type']), value: textIn(attribute['value']) }))
    .map((text) => hexOf(md5(utf8Bytes(text))));
  return [...new Set(hashes)].map((hash) => `${hash},${textIn(event['uuid'])}`);
}
