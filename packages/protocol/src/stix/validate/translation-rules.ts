import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { named, shown } from './report.ts';
import type { Report } from './report.ts';

/** Where the object a language-content is about is looked for. */
interface Targets {
  findLatest(id: string): JsonObject | undefined;
  findVersion(id: string, modified: string): JsonObject | undefined;
}

/** A language-content beside what it translates (§7.1.1): exactly that version, and of the same shape. */
export function checkTranslations(content: JsonObject, bundle: Targets, report: Report): void {
  const { object_ref: ref, object_modified: modified, contents } = content;
  const latest = typeof ref === 'string' ? bundle.findLatest(ref) : undefined;
  if (latest === undefined || typeof ref !== 'string') return;
  const target = typeof modified === 'string' ? bundle.findVersion(ref, modified) : latest;
  if (target === undefined) {
    report.add('translation-target', 'object_modified', `Name a version of ${shown(ref)}, not ${shown(modified)}`);
    return;
  }
  if (!isJsonObject(contents)) return;
  report.enter('contents');
  for (const language in contents) {
    const translations = contents[language];
    if (!isJsonObject(translations)) continue;
    report.enter(language);
    // "Keys that … do not exist in the target object MUST be ignored."
    for (const name in translations) {
      if (Object.hasOwn(target, name)) checkMirror(translations[name], target[name], name, report);
      if (report.isFull) break;
    }
    report.leave();
  }
  report.leave();
}

function checkMirror(
  translation: JsonValue | undefined,
  original: JsonValue | undefined,
  key: string | number,
  report: Report,
): void {
  if (Array.isArray(original)) {
    if (!Array.isArray(translation))
      report.add('translation-target', key, `Translate the list ${named(key)} as a list`);
    else if (translation.length !== original.length)
      report.add(
        'translation-target',
        key,
        `Translate ${named(key)} with ${original.length} items, not ${translation.length}`,
      );
    else each(translation, original, key, report);
  } else if (isJsonObject(original)) {
    if (!isJsonObject(translation))
      report.add('translation-target', key, `Translate the object ${named(key)} as an object`);
    else {
      report.enter(key);
      for (const name in translation) {
        if (Object.hasOwn(original, name)) checkMirror(translation[name], original[name], name, report);
      }
      report.leave();
    }
  } else if (typeof original === 'string' && typeof translation !== 'string') {
    report.add('translation-target', key, `Translate the text ${named(key)} as text, not ${shown(translation)}`);
  }
}

function each(
  translation: readonly JsonValue[],
  original: readonly JsonValue[],
  key: string | number,
  report: Report,
): void {
  report.enter(key);
  for (const [index, item] of original.entries()) checkMirror(translation[index], item, index, report);
  report.leave();
}
