import { ComityError, limits, parseUtf8, quote } from '@comity/protocol/base';
import { createPatternStream, parsePattern } from '@comity/protocol/pattern';
import type { PatternStream } from '@comity/protocol/pattern';
import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { Placeholders, SigmaDocument, SigmaEngine } from '@comity/protocol/sigma';
import { parseIndicator, readBundle } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { openInput } from '@comity/screen';
import { isRuleFile, loadPlaceholders } from '../rules/index.ts';

/** What is asked of records beside values. */
export interface Rules {
  readonly sigma: SigmaEngine;
  readonly patterns: PatternStream;
  /** Name and file of each pattern by the id it has in the stream: that of its indicator. */
  readonly indicators: ReadonlyMap<string, { readonly name: string | undefined; readonly file: string }>;
  /** File of each rule. */
  readonly files: ReadonlyMap<SigmaDocument, string>;
  /** Rules, correlations and patterns that can be used. */
  readonly count: number;
}

export interface LoadRulesDeps {
  /** JSON file with the values of placeholders. */
  readonly placeholders: string | undefined;
  /** Told of a file that cannot be read; the others are used. */
  fail(error: unknown): void;
  /** Told what was left out. */
  readonly note: (text: string) => void;
}

/**
 * Reads Sigma rules from YAML files, and from STIX documents the patterns of indicators, Sigma rules among them; in a folder
 * what is named `.yml`, `.yaml` or `.json`. Revoked indicators are left out. What cannot be used is said.
 *
 * @throws {ComityError} what reading the placeholders throws.
 */
export async function loadRules(paths: readonly string[], deps: LoadRulesDeps): Promise<Rules> {
  const loading = new Loading(await loadPlaceholders(deps.placeholders), deps.note);
  for (const path of paths) {
    for await (const input of openInput(path, { bytesMax: limits.sigmaFileCharsMax })) {
      const isNamed = input.name === path;
      if (!isNamed && !isRuleFile(input.name) && !isJsonFile(input.name)) continue;
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of input.chunks) chunks.push(chunk);
        loading.read(input.name, parseUtf8(Buffer.concat(chunks), input.name));
      } catch (error) {
        deps.fail(error);
      }
    }
  }
  return loading.finish();
}

function isJsonFile(name: string): boolean {
  return /\.json(?:\.gz|\.zst)?$/i.test(name);
}

class Loading {
  readonly #placeholders: Placeholders;
  readonly #note: (text: string) => void;
  readonly #files = new Map<SigmaDocument, string>();
  readonly #patterns = createPatternStream();
  readonly #indicators = new Map<string, { readonly name: string | undefined; readonly file: string }>();
  /** Why something of a file cannot be used. */
  readonly #left = new Map<string, string[]>();

  constructor(placeholders: Placeholders, note: (text: string) => void) {
    this.#placeholders = placeholders;
    this.#note = note;
  }

  read(file: string, text: string): void {
    if (/^\uFEFF?\s*[{[]/.test(text)) this.#readStix(file, text);
    else this.#readSigma(file, text);
  }

  #readSigma(file: string, text: string): void {
    for (const { document, error } of readSigma(text)) {
      if (error === undefined) this.#files.set(document, file);
      else this.#leave(file, error);
    }
  }

  #readStix(file: string, text: string): void {
    for (const { object, error } of readBundle(text)) {
      if (error !== undefined) this.#leave(file, error);
      else if (object.type === 'indicator' && object.value['revoked'] !== true) this.#readIndicator(file, object);
    }
  }

  #readIndicator(file: string, object: StixObject): void {
    try {
      const { pattern, patternType, stixVersion, name } = parseIndicator(object);
      if (patternType === 'sigma') {
        this.#readSigma(file, pattern);
        return;
      }
      if (patternType !== 'stix')
        throw new ComityError('PATTERN_UNSUPPORTED', `Cannot use ${object.id}: its pattern is ${quote(patternType)}`);
      this.#patterns.add(object.id, parsePattern(pattern, { version: stixVersion }));
      this.#indicators.set(object.id, { name, file });
    } catch (error) {
      if (!(error instanceof ComityError)) throw error;
      this.#leave(file, error);
    }
  }

  #leave(file: string, { message, details }: ComityError): void {
    const line = details['line'];
    const reason = line === undefined ? message : `line ${line}: ${message}`;
    const reasons = this.#left.get(file);
    if (reasons === undefined) this.#left.set(file, [reason]);
    else reasons.push(reason);
  }

  finish(): Rules {
    const sigma = createSigmaEngine([...this.#files.keys()], { placeholders: this.#placeholders });
    for (const { document, error } of sigma.refused) this.#leave(this.#files.get(document) ?? '', error);
    for (const [file, reasons] of this.#left) {
      const count = reasons.length === 1 ? 'one rule' : `${reasons.length} rules`;
      this.#note(`${file}: ${count} left out, the first: ${reasons[0]}`);
    }
    const { rules, correlations } = sigma.figures;
    return {
      sigma,
      patterns: this.#patterns,
      indicators: this.#indicators,
      files: this.#files,
      count: rules + correlations + this.#patterns.figures.patterns,
    };
  }
}
