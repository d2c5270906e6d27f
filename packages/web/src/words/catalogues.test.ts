import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';

const sourceDir = resolve(import.meta.dirname, '..');
const catalogueOf = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${language}.json`), 'utf8')) as Record<string, string>;
const english = catalogueOf('en');
const arabic = catalogueOf('ar');

/** Names of the placeholders of a message, and the plural forms it has for each. */
function placeholdersOf(tokens: readonly unknown[], found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  for (const token of tokens) {
    if (!Array.isArray(token)) continue;
    const [name, , choices] = token as [string, string?, Record<string, unknown>?];
    const forms = found.get(name) ?? new Set();
    found.set(name, forms);
    for (const [form, choice] of Object.entries(typeof choices === 'object' ? choices : {})) {
      if (!Array.isArray(choice)) continue;
      forms.add(form);
      placeholdersOf(choice, found);
    }
  }
  return found;
}

test('every message compiles and every language has every message, none more', () => {
  assert.deepEqual(Object.keys(arabic).toSorted(), Object.keys(english).toSorted());
  for (const catalogue of [english, arabic]) {
    for (const [name, message] of Object.entries(catalogue)) {
      assert.notEqual(message.trim(), '', name);
      assert.doesNotThrow(() => compileMessageOrThrow(message), name);
    }
  }
});

test('a translation fills the same placeholders as the English message', () => {
  for (const [name, message] of Object.entries(english)) {
    const own = [...placeholdersOf(compileMessageOrThrow(message)).keys()].filter((one) => one !== '#');
    const translated = [...placeholdersOf(compileMessageOrThrow(arabic[name] ?? '')).keys()].filter(
      (one) => one !== '#',
    );
    assert.deepEqual(new Set(translated), new Set(own), name);
  }
});

test('an Arabic plural has all six forms, or says the same for every number', () => {
  for (const [name, message] of Object.entries(arabic)) {
    for (const [placeholder, forms] of placeholdersOf(compileMessageOrThrow(message))) {
      if (forms.size <= 2) continue;
      for (const form of ['zero', 'one', 'two', 'few', 'many', 'other']) {
        assert.ok(forms.has(form), `${name}, {${placeholder}}: ${form}`);
      }
    }
  }
});

test('every message is used, and words shown to people are in no component', () => {
  const sources = readdirSync(sourceDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'))
    .map((path) => ({ path, text: readFileSync(join(sourceDir, path), 'utf8') }));
  const all = sources.map(({ text }) => text).join('\n');
  const families = [...all.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*)\.\$\{[^}]*\}((?:\.[a-z]+)?)`/g)];
  const isBuilt = (name: string): boolean =>
    families.some(([, start = '', end = '']) => name.startsWith(`${start}.`) && name.endsWith(end));
  for (const name of Object.keys(english)) {
    assert.ok(all.includes(`'${name}'`) || isBuilt(name), `${name} is used nowhere`);
  }
  for (const { path, text } of sources.filter((one) => one.path.endsWith('.tsx'))) {
    const words = [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)\s*</g)].map((found) => found[1]);
    assert.deepEqual(words, [], `${path} has words that are not in the catalogue`);
  }
});
