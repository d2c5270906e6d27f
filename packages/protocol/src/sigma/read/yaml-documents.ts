import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { CST, Document, Node, YAMLMap } from 'yaml';
import { ComityError, limits, quote } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { malformed, SigmaError, tooComplex } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';

/** One document of a YAML text, as JSON. */
export interface YamlDocument {
  readonly value: JsonValue;
  /** Line it begins at, from 1. */
  readonly line: number;
  /** Line of what stands at a path; of the last step that is there. */
  readonly lineOf: (path: SigmaPath) => number;
}

/**
 * Cuts a YAML 1.2 text into its documents; one that is broken is an error in its place.
 *
 * Aliases are written out while `limits.sigmaNodesMax` and `limits.sigmaDepthMax` allow. A key that stands twice is an
 * error, since one of its values would be lost; so are merge keys and what JSON has no form for. Numbers too large to be
 * exact stay the text they are.
 *
 * @param text - untrusted; at most `limits.sigmaFileCharsMax` characters.
 * @throws {ComityError} `INPUT_TOO_LARGE`; never any other error.
 */
export function readYamlDocuments(text: string): readonly (YamlDocument | SigmaError)[] {
  if (text.length > limits.sigmaFileCharsMax) {
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read rules: ${text.length} characters, at most ${limits.sigmaFileCharsMax} are read`,
    );
  }
  const found: (YamlDocument | SigmaError)[] = [];
  let line = 0;
  for (const chunk of chunksOf(text)) {
    found.push(...readChunk(chunk, line));
    line += countLines(chunk);
  }
  return found;
}

/** Wherever it stands, `---` at the beginning of a line begins a document (YAML 1.2.2 §9.1.1). */
const documentStart = /^---(?=\s|$)/gm;

function* chunksOf(text: string): Generator<string> {
  let from = 0;
  for (const { index } of text.matchAll(documentStart)) {
    if (index > from) yield text.slice(from, index);
    from = index;
  }
  yield text.slice(from);
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** @param linesBefore - lines of the file before the chunk. */
function readChunk(chunk: string, linesBefore: number): readonly (YamlDocument | SigmaError)[] {
  const refuse = (why: string): SigmaError[] => {
    return [new SigmaError('SIGMA_TOO_COMPLEX', `Cannot read a rule: ${why}`, { line: linesBefore + 1 })];
  };
  if (chunk.length > limits.sigmaDocumentCharsMax) {
    return refuse(`${chunk.length} characters, at most ${limits.sigmaDocumentCharsMax} are read of one document`);
  }
  const lines = new LineCounter();
  const tokens = [...new Parser((offset) => lines.addNewLine(offset)).parse(chunk)];
  // Nodes are made of tokens recursively, which must not be where the depth of a hostile text is noticed.
  if (tokens.some((token) => isDeeper(token, limits.sigmaDepthMax))) {
    return refuse(`it is nested deeper than ${limits.sigmaDepthMax}`);
  }
  // Keys that stand twice are looked for below: the library's own search takes quadratic time.
  const documents = new Composer({ prettyErrors: false, logLevel: 'silent', uniqueKeys: false }).compose(tokens);
  const lineAt = (offset: number): number => linesBefore + lines.linePos(offset).line;
  return [...documents].flatMap((document) => readDocument(document, lineAt));
}

/** Whether tokens nest deeper than `depthMax`; without recursion. */
function isDeeper(root: CST.Token, depthMax: number): boolean {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token: root, depth: 0 }];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { token, depth } = top;
    if (depth > depthMax) return true;
    if ('value' in token) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      for (const each of [key, value]) if (each) open.push({ token: each, depth: depth + 1 });
    }
  }
  return false;
}

function readDocument(
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): readonly (YamlDocument | SigmaError)[] {
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    const message = `Cannot read a rule: it is not YAML: ${fault.message.slice(0, 200)}`;
    return [new SigmaError('SIGMA_MALFORMED', message, { line: lineAt(fault.pos[0]) })];
  }
  const root = document.contents!;
  // `---` at the end of a file begins a document without anything in it.
  if (isScalar(root) && root.value === null) return [];
  const lineOf = (path: SigmaPath): number => lineAt(offsetOf(root, path));
  try {
    return [{ value: new Conversion().valueOf(root, []), line: lineAt(root.range[0]), lineOf }];
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    const { code, message, path } = error;
    return [new SigmaError(code, message, { path, line: lineOf(path) })];
  }
}

/** Offset of what stands at a path, as far as the path leads. */
function offsetOf(root: Node, path: SigmaPath): number {
  let node: unknown = root;
  let offset = root.range![0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => keyOf(key) === step);
      if (pair === undefined) break;
      offset = (pair.key as Node).range![0];
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) break;
      offset = (node as Node).range![0];
    } else break;
  }
  return offset;
}

/** Text of a key; undefined when it is a list, a map or nothing. */
function keyOf(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Turns the nodes of one document into JSON, in the order of the text, so that an alias means the anchor before it. */
class Conversion {
  readonly #anchors = new Map<string, Node>();
  #nodes = 0;

  valueOf(node: unknown, path: SigmaPath): JsonValue {
    this.#nodes++;
    if (this.#nodes > limits.sigmaNodesMax)
      tooComplex(`it has more than ${limits.sigmaNodesMax} nodes, aliases written out`, path);
    if (path.length > limits.sigmaDepthMax) tooComplex(`it is nested deeper than ${limits.sigmaDepthMax}`, path);
    // A key of a flow map that no colon follows.
    if (node === null) return null;
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      return this.valueOf(target ?? malformed(`nothing is called ${quote(node.source)}`, path), path);
    }
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, node as Node);
    if (isMap(node)) return this.#object(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.valueOf(item, [...path, index]));
    const { value, source } = node as { readonly value: unknown; readonly source?: string };
    if (typeof value === 'number') {
      const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
      return isExact ? value : (source ?? String(value));
    }
    return typeof value === 'string' || typeof value === 'boolean' ? value : null;
  }

  #object(map: YAMLMap, path: SigmaPath): JsonObject {
    const object: JsonObject = {};
    for (const { key, value } of map.items) {
      const name = keyOf(key) ?? malformed('a key of it is no text', path);
      if (name === '<<') malformed('it merges maps with <<, which YAML 1.2 has not', path);
      if (name === '__proto__') malformed('it has a key __proto__', path);
      if (Object.hasOwn(object, name)) malformed(`its key ${quote(name)} stands twice`, [...path, name]);
      object[name] = this.valueOf(value, [...path, name]);
    }
    return object;
  }
}
