import { isJsonObject } from '../../base/index.ts';
import { SigmaError } from '../sigma-error.ts';
import { parseCorrelation } from './parse-correlation.ts';
import { DocumentReader } from './document-reader.ts';
import { parseFilter, parseRule } from './parse-rule.ts';
import type { SigmaDocument, SigmaWarning } from './rule-shape.ts';
import { readYamlDocuments } from './yaml-documents.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** A document of a file: what it says, or why it cannot be used. */
export type SigmaRead =
  | { readonly document: SigmaDocument; readonly warnings: readonly SigmaWarning[]; readonly error?: undefined }
  | { readonly error: SigmaError; readonly title?: string; readonly document?: undefined };

/**
 * Reads a file of Sigma rules, correlations and filters: YAML with one or many documents. A document that cannot be used is
 * an answer with its place; the others are read.
 *
 * Spec: Sigma 2.1.0. The detection of a rule is checked for its shape only; `planRule` judges what it asks for.
 *
 * @param text - untrusted.
 * @throws {ComityError} `INPUT_TOO_LARGE` beyond `limits.sigmaFileCharsMax`; never any other error.
 */
export function readSigma(text: string): readonly SigmaRead[] {
  return readYamlDocuments(text).map((each) => (each instanceof SigmaError ? { error: each } : readOne(each)));
}

/**
 * The documents of a file all of which can be used.
 *
 * @throws {ComityError} `SIGMA_MALFORMED` or another of {@link SigmaError} for the first that cannot; `INPUT_TOO_LARGE`.
 */
export function parseSigma(text: string): readonly SigmaDocument[] {
  return readSigma(text).map(({ document, error }) => {
    if (error !== undefined) throw error;
    return document;
  });
}

function readOne(yaml: YamlDocument): SigmaRead {
  const { value, lineOf } = yaml;
  try {
    const reader = new DocumentReader(yaml);
    const document = parseDocument(reader);
    return { document, warnings: reader.warnings };
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    const title = isJsonObject(value) && typeof value['title'] === 'string' ? value['title'] : undefined;
    const { code, message, path, cause } = error;
    return {
      error: new SigmaError(code, message, { path, line: lineOf(path), cause }),
      ...(title !== undefined && { title }),
    };
  }
}

function parseDocument(reader: DocumentReader): SigmaDocument {
  if (reader.has('correlation')) return parseCorrelation(reader);
  return reader.has('filter') ? parseFilter(reader) : parseRule(reader);
}
