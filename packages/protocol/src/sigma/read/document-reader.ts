import { isJsonObject, quote } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { malformed, showPath } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import { metaForms } from './rule-shape.ts';
import type { SigmaDetection, SigmaLogsource, SigmaMeta, SigmaWarning } from './rule-shape.ts';
import type { YamlDocument } from './yaml-documents.ts';

const uuidForm = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const titleCharsMax = 256;

/** Takes what every kind of document has out of one, and notes what has not its form but does no harm. */
export class DocumentReader {
  readonly root: JsonObject;
  readonly warnings: SigmaWarning[] = [];
  readonly #yaml: YamlDocument;

  constructor(yaml: YamlDocument) {
    this.#yaml = yaml;
    this.root = isJsonObject(yaml.value) ? yaml.value : malformed('the document is no map');
  }

  has(key: string): boolean {
    return Object.hasOwn(this.root, key);
  }

  warn(message: string, path: SigmaPath): void {
    this.warnings.push({ path: showPath(path), line: this.#yaml.lineOf(path), message });
  }

  /** A map that must be there. */
  object(key: string): JsonObject {
    const value = this.root[key];
    if (!this.has(key)) malformed(`it has no ${key}`);
    return isJsonObject(value) ? value : malformed(`${key} is no map`, [key]);
  }

  meta(): SigmaMeta {
    const { title } = this.root;
    if (typeof title !== 'string' || title === '') malformed('it has no title', this.has('title') ? ['title'] : []);
    if (title.length > titleCharsMax) this.warn(`is longer than ${titleCharsMax} characters`, ['title']);
    const { line, lineOf } = this.#yaml;
    return { title, line, lineOf, ...this.#id(), ...this.#forms() };
  }

  #id(): { readonly id?: string } {
    const { id } = this.root;
    if (id === undefined) return {};
    if (typeof id !== 'string') malformed('its id is no text', ['id']);
    if (!uuidForm.test(id)) this.warn('is no UUID', ['id']);
    return { id };
  }

  #forms(): Partial<SigmaMeta> {
    const found: Record<string, unknown> = {};
    for (const [key, form] of Object.entries(metaForms)) {
      const value = this.root[key];
      // A key without a value says nothing.
      if (value === undefined || value === null) continue;
      const { data, error } = form.safeParse(value);
      if (error === undefined) found[key] = data;
      else {
        const [issue] = error.issues;
        const path = [key, ...(issue?.path ?? [])] as SigmaPath;
        this.warn(issue?.message ?? 'has not its form', path);
      }
    }
    return found;
  }

  logsource(): SigmaLogsource {
    const source = this.object('logsource');
    const found: { product?: string; category?: string; service?: string } = {};
    for (const key of ['product', 'category', 'service'] as const) {
      const value = source[key];
      if (value === undefined || value === null) continue;
      if (typeof value !== 'string') malformed(`its ${key} is no text`, ['logsource', key]);
      found[key] = value.toLowerCase();
    }
    if (Object.keys(found).length === 0)
      this.warn('names no product, category or service: every record', ['logsource']);
    return found;
  }

  /** Searches and conditions of `key`; `others` are the keys beside them. */
  detection(key: string, others: readonly string[]): SigmaDetection {
    const section = this.object(key);
    const searches = new Map<string, JsonValue>();
    for (const [name, value] of Object.entries(section)) {
      if (name === 'condition' || others.includes(name)) continue;
      if (name === 'timeframe') this.warn('belongs to aggregations, which correlations replace: left out', [key, name]);
      else searches.set(name, value);
    }
    if (searches.size === 0) malformed(`${key} searches for nothing`, [key]);
    return { searches, conditions: this.#conditions(section, key) };
  }

  #conditions(section: JsonObject, key: string): readonly string[] {
    const { condition } = section;
    const path = [key, 'condition'];
    if (condition === undefined) malformed(`${key} has no condition`, [key]);
    const conditions = Array.isArray(condition) ? condition : [condition];
    if (conditions.length === 0) malformed('its condition is empty', path);
    return conditions.map((each) => (typeof each === 'string' ? each : malformed('its condition is no text', path)));
  }

  /** A list of texts that are not empty; a single text is a list of one. */
  texts(value: JsonValue | undefined, path: SigmaPath): readonly string[] {
    const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return list.map((each, index) => {
      if (typeof each === 'string' && each !== '') return each;
      return malformed(`${quote(JSON.stringify(each))} is no name`, Array.isArray(value) ? [...path, index] : path);
    });
  }
}
