import { isJsonObject } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';

/**
 * An object with its texts in another language, as a language-content tells them.
 *
 * What has no translation stays as it is: properties that are not mentioned, list items whose translation is an empty
 * text, translations of another shape or of properties the object has not.
 *
 * Pure. Spec: STIX 2.1 §7.1.1.
 *
 * @param content - A language-content about this object; its `object_ref` is for the caller to compare.
 * @param language - An RFC 5646 tag among the keys of its `contents`, in any case.
 * @returns The object itself when the language is not among them.
 */
export function translated(object: JsonObject, content: JsonObject, language: string): JsonObject {
  const { contents } = content;
  if (!isJsonObject(contents)) return object;
  const key = Object.keys(contents).find((each) => each.toLowerCase() === language.toLowerCase());
  const translations = key === undefined ? undefined : contents[key];
  return isJsonObject(translations) ? translateObject(object, translations) : object;
}

function translateObject(original: JsonObject, translation: JsonObject): JsonObject {
  const result = { ...original };
  for (const [name, value] of Object.entries(translation)) {
    const old = Object.hasOwn(original, name) ? original[name] : undefined;
    if (old !== undefined) result[name] = translateValue(old, value);
  }
  return result;
}

function translateValue(original: JsonValue, translation: JsonValue | undefined): JsonValue {
  if (typeof original === 'string')
    return typeof translation === 'string' && translation !== '' ? translation : original;
  if (Array.isArray(original)) {
    if (!Array.isArray(translation) || translation.length !== original.length) return original;
    return original.map((item, index) => translateValue(item, translation[index]));
  }
  return isJsonObject(original) && isJsonObject(translation) ? translateObject(original, translation) : original;
}
