import { isJsonObject, limits } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { openVocabularies } from '../model/open-vocabularies.ts';
import { isDictionaryKey, isHexDigits } from './forms.ts';
import { named, needObject, shown } from './report.ts';
import type { Report } from './report.ts';

/** A dictionary (§2.3): one key or more, keys of few signs, values of any kind but null. */
export function checkDictionary(value: JsonValue, key: string | number, report: Report): void {
  const dictionary = needObject(value, key, report);
  if (dictionary === undefined) return;
  report.enter(key);
  let isEmpty = true;
  for (const name in dictionary) {
    isEmpty = false;
    if (!isDictionaryKey(name)) report.add('dictionary-key', name, `Rename the key ${shown(name)}`);
    checkAnything(dictionary[name] ?? null, name, report);
    if (report.isFull) break;
  }
  report.leave();
  if (isEmpty) report.add('dictionary-empty', key, `Fill the dictionary ${named(key)} or leave it out`);
}

/** A value nothing is known of: no null, no empty list, not too deep (§2). */
export function checkAnything(value: JsonValue, key: string | number, report: Report): void {
  if (typeof value !== 'object') return;
  if (value === null) report.add('value-null', key, `Leave out ${named(key)}: null is no value`);
  else if (report.depth >= limits.jsonDepthMax) report.add('nesting-depth', key, `Nest ${named(key)} less deep`);
  else if (Array.isArray(value)) checkAnyList(value, key, report);
  else checkAnyObject(value, key, report);
}

function checkAnyList(list: readonly JsonValue[], key: string | number, report: Report): void {
  if (list.length === 0) report.add('list-empty', key, `Fill the list ${named(key)} or leave it out`);
  report.enter(key);
  for (let index = 0; index < list.length && !report.isFull; index++) checkAnything(list[index] ?? null, index, report);
  report.leave();
}

function checkAnyObject(object: JsonObject, key: string | number, report: Report): void {
  report.enter(key);
  for (const name in object) {
    checkAnything(object[name] ?? null, name, report);
    if (report.isFull) break;
  }
  report.leave();
}

const algorithms: ReadonlySet<string> = new Set(openVocabularies['hash-algorithm-ov']?.values);

/** Hex digits of a digest by the name of its algorithm (§10.7). */
const digestDigits: ReadonlyMap<string, number> = new Map([
  ['MD5', 32],
  ['SHA-1', 40],
  ['SHA-256', 64],
  ['SHA-512', 128],
  ['SHA3-256', 64],
  ['SHA3-512', 128],
]);

/** Hashes (§2.7): digests by the name of their algorithm. */
export function checkHashes(value: JsonValue, key: string | number, report: Report): void {
  const hashes = needObject(value, key, report);
  if (hashes === undefined) return;
  report.enter(key);
  let isEmpty = true;
  for (const name in hashes) {
    isEmpty = false;
    checkHash(name, hashes[name] ?? null, report);
    if (report.isFull) break;
  }
  report.leave();
  if (isEmpty) report.add('dictionary-empty', key, `Fill the dictionary ${named(key)} or leave it out`);
}

function checkHash(name: string, digest: JsonValue, report: Report): void {
  if (name.length < 3 || !isDictionaryKey(name)) report.add('hash-name', name, `Rename the hash ${shown(name)}`);
  else if (!algorithms.has(name) && !name.startsWith('x_'))
    report.add('hash-algorithm', name, `Name a known algorithm instead of ${shown(name)}`);
  if (name.length > 30) report.add('hash-name-length', name, `Shorten the name ${shown(name)} to 30 signs`);
  if (typeof digest !== 'string') report.add('value-type', name, `Write text as ${shown(name)}, not ${shown(digest)}`);
  else if (!hasDigestForm(name, digest)) report.add('hash-value', name, `Correct ${shown(digest)}: it is no ${name}`);
}

function hasDigestForm(name: string, digest: string): boolean {
  const digits = digestDigits.get(name);
  if (digits !== undefined) return digest.length === digits && isHexDigits(digest);
  if (name === 'SSDEEP') return /^[A-Za-z0-9/+:.]{1,150}$/.test(digest);
  return name !== 'TLSH' || /^(?:T1)?[A-Fa-f0-9]{70}$/.test(digest);
}

/** Dictionaries whose keys keep the case of what they name (§6). */
const keepCase: ReadonlySet<string> = new Set([
  'hashes',
  'file_header_hashes',
  'request_header',
  'additional_header_fields',
  'document_info_dict',
  'exif_tags',
  'ipfix',
  'options',
  'environment_variables',
  'startup_info',
]);

/** Keys inside an observable are in lower case, but for those of dictionaries that name things of others (§2.3). */
export function checkKeyCase(object: JsonObject, report: Report): void {
  for (const name in object) {
    if (/[A-Z]/.test(name)) report.add('dictionary-key-case', name, `Write the key ${shown(name)} in lower case`);
    const value = object[name];
    if (typeof value !== 'object' || !isJsonObject(value) || keepCase.has(name)) continue;
    if (report.depth >= limits.jsonDepthMax) return;
    report.enter(name);
    checkKeyCase(value, report);
    report.leave();
  }
}
