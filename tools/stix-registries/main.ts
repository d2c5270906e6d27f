import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

/**
 * `node tools/stix-registries/main.ts VALIDATOR ISO3166 LANGUAGES` writes the registries of names the validator knows:
 * from the lists stix2-validator 3.3.1 carries (its `v21` folder: IANA's character sets, request headers, socket options,
 * keys of a PDF's information dictionary), from the country codes of the time zone database (`iso3166.tab`), and from
 * IANA's language subtags (`registry.json` of the npm package language-subtag-registry 0.4.2).
 *
 * Registries of more than a thousand names (media types, service names, IPFIX elements) are not carried: the form of
 * their names is checked.
 */
const [validatorDir = '', countriesFile = '', languagesFile = ''] = process.argv.slice(2);

const enums = readFileSync(join(validatorDir, 'enums.py'), 'utf8');

function pythonList(name: string): string[] {
  const text = new RegExp(`^${name} = \\[([^\\]]*)\\]`, 'm').exec(enums)?.[1];
  if (text === undefined) throw new Error(`there is no list ${name}`);
  return [...text.matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

/** "If the preferred MIME name for a character set is defined, this value MUST be used", else its name (§6.3.1). */
function characterSets(): string[] {
  const text = readFileSync(join(validatorDir, 'assets/charsets.csv'), 'utf8');
  const rows = [...text.matchAll(/^([^,"\n]*),([^,"\n]+),\d+,/gm)];
  return rows.map(([, preferred = '', name = '']) => (preferred === '' ? name : preferred));
}

function countries(): string[] {
  return [...readFileSync(countriesFile, 'utf8').matchAll(/^([A-Z]{2})\t/gm)].map((match) => match[1] ?? '');
}

/** Languages of two and three letters, each group its first two letters and then every third one there is. */
function languageGroups(): string[] {
  const entries = JSON.parse(readFileSync(languagesFile, 'utf8')) as { Type: string; Subtag?: string }[];
  const groups = new Map<string, string>();
  for (const { Type: type, Subtag: subtag = '' } of entries) {
    if (type !== 'language' || !/^[a-z]{2,3}$/.test(subtag)) continue;
    const [pair, third] = [subtag.slice(0, 2), subtag.slice(2)];
    groups.set(pair, (groups.get(pair) ?? '') + (third === '' ? '2' : third));
  }
  return [...groups].map(([pair, thirds]) => pair + thirds);
}

function setText(name: string, about: string, values: readonly string[]): string {
  return `/** ${about} */\nexport const ${name}: ReadonlySet<string> = new Set(${JSON.stringify(values.join(' '))}.split(' '));\n`;
}

const text = `// Made by \`node tools/stix-registries/main.ts\`. Not to be edited.
${setText('characterSets', 'Names of character sets, the preferred ones where there are any (IANA).', characterSets())}
${setText('requestHeaders', 'Names of HTTP request headers in use, as they are usually written.', pythonList('HTTP_REQUEST_HEADERS'))}
${setText('socketOptions', 'Names of socket options.', pythonList('SOCKET_OPTIONS'))}
${setText('pdfInfoKeys', "Keys of a PDF's document information dictionary (ISO 32000).", pythonList('PDF_DID'))}
${setText('countryCodes', 'Two-letter country codes (ISO 3166-1).', countries())}
const groups = ${JSON.stringify(languageGroups().join(' '))};

/** Third letters of the language subtags (IANA) by their first two; \`2\` stands for the two letters alone. */
export const languageSubtags: ReadonlyMap<string, string> = new Map(
  groups.split(' ').map((group) => [group.slice(0, 2), group.slice(2)]),
);
`;
const target = fileURLToPath(new URL('../../packages/protocol/src/stix/validate/registries.ts', import.meta.url));
writeFileSync(target, await format(text, { parser: 'typescript', printWidth: 120, singleQuote: true }));
