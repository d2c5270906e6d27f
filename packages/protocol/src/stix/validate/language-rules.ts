import { isJsonObject } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { isLanguageTag, isPropertyName } from './forms.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';

/** Translations by language, then by property (§7.1.1). Whether they mirror their object is told in its bundle. */
export function checkLanguageContent({ contents }: JsonObject, report: Report): void {
  if (!isJsonObject(contents)) return;
  report.enter('contents');
  for (const language in contents) {
    if (!isLanguageTag(language))
      report.add('language-tag', language, `Use an RFC 5646 language tag as key, not ${shown(language)}`);
    const translations = contents[language];
    if (!isJsonObject(translations)) {
      report.add('translation-form', language, `Write translations by property, not ${shown(translations)}`);
      continue;
    }
    report.enter(language);
    for (const name in translations) {
      if (name !== 'id' && !isPropertyName(name))
        report.add('translation-form', name, `Name a property of the object, not ${shown(name)}`);
      if (report.isFull) break;
    }
    report.leave();
    if (report.isFull) break;
  }
  report.leave();
}
