import { compileExpression } from '../plan/regular-expression.ts';
import type { TextTest } from '../plan/regular-expression.ts';
import type { SigmaNode, SigmaTest, Standing } from '../plan/tree.ts';
import { compare, numberOfText } from './compare.ts';
import type { EventReader, FieldNumbers, Seen } from './event-reader.ts';
import { parseNetwork } from './network.ts';
import { compileText } from './compile-text.ts';
import { timePartOf } from './time-part.ts';

/** A field whose value a match rests on; of a keyword `field` is empty. */
export interface FieldMatch {
  readonly field: string;
  /** As the record has it; empty where the rule asks only whether the field is there. */
  readonly value: string;
}

/** A plan made ready to be asked of many events. */
export interface CompiledNode {
  /** Whether the event being read answers. */
  readonly test: (reader: EventReader) => boolean;
  /** Adds what an answer rests on; asked only when `test` is true. */
  readonly collect: (reader: EventReader, found: FieldMatch[]) => void;
}

/** Compiles plans; nodes that are shared are compiled once. */
export class NodeCompiler {
  readonly #fields: FieldNumbers;
  readonly #compiled = new Map<SigmaNode, CompiledNode>();

  constructor(fields: FieldNumbers) {
    this.#fields = fields;
  }

  compile(node: SigmaNode): CompiledNode {
    const known = this.#compiled.get(node);
    if (known !== undefined) return known;
    const compiled = this.#new(node);
    this.#compiled.set(node, compiled);
    return compiled;
  }

  #new(node: SigmaNode): CompiledNode {
    switch (node.kind) {
      case 'and':
        return allOf(node.nodes.map((each) => this.compile(each)));
      case 'or':
        return anyOf(node.nodes.map((each) => this.compile(each)));
      case 'not': {
        const { test } = this.compile(node.node);
        return { test: (reader) => !test(reader), collect: () => undefined };
      }
      case 'test':
        return this.#test(node.field, node.test);
    }
  }

  #test(field: string | undefined, test: SigmaTest): CompiledNode {
    const number = field === undefined ? -1 : this.#fields.numberOf(field);
    const name = field ?? '';
    const seenBy = number < 0 ? (reader: EventReader) => reader.whole : (reader: EventReader) => reader.field(number);
    if (test.kind === 'exists' || test.kind === 'null') {
      const isNull = test.kind === 'null';
      return {
        test: (reader) => (isNull ? seenBy(reader).isNull : seenBy(reader).isPresent),
        collect: (_, found) => void found.push({ field: name, value: '' }),
      };
    }
    const find = this.#finder(test);
    return {
      test: (reader) => find(seenBy(reader), reader) >= 0,
      collect: (reader, found) => {
        const seen = seenBy(reader);
        const value = seen.texts[find(seen, reader)];
        if (value !== undefined) found.push({ field: name, value });
      },
    };
  }

  /** Index of the first value that passes; -1 when none does. */
  #finder(test: Exclude<SigmaTest, { kind: 'exists' | 'null' }>): (seen: Seen, reader: EventReader) => number {
    switch (test.kind) {
      case 'text': {
        const passes = compileText(test.parts, test.cased);
        return test.cased ? (seen) => indexIn(seen.texts, passes) : (seen) => indexIn(seen.folded, passes);
      }
      case 'expression': {
        const passes = compileExpression(test.source, test.flags, []);
        return (seen) => indexIn(seen.texts, passes);
      }
      case 'network': {
        const passes = parseNetwork(test.network)!;
        return (seen) => indexIn(seen.texts, passes);
      }
      case 'number': {
        const { operator, value } = test;
        return (seen) =>
          indexIn(seen.texts, (text) => holds(numberOfText(text), (found) => compare(found, operator, value)));
      }
      case 'time': {
        const { part, operator, value } = test;
        return (seen) =>
          indexIn(seen.texts, (text) => holds(timePartOf(text, part), (found) => compare(found, operator, value)));
      }
      case 'field':
        return this.#reference(test);
    }
  }

  #reference(test: Extract<SigmaTest, { kind: 'field' }>): (seen: Seen, reader: EventReader) => number {
    const other = this.#fields.numberOf(test.name);
    const stands = standings[test.standing];
    const { cased } = test;
    return (seen, reader) => {
      const there = reader.field(other);
      const [own, others] = cased ? [seen.texts, there.texts] : [seen.folded, there.folded];
      return indexIn(own, (text) => others.some((each) => stands(text, each)));
    };
  }
}

const standings: Readonly<Record<Standing, (text: string, part: string) => boolean>> = {
  equal: (text, part) => text === part,
  contains: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};

function holds(found: number | undefined, test: (found: number) => boolean): boolean {
  return found !== undefined && test(found);
}

function indexIn(texts: readonly string[], passes: TextTest): number {
  for (let index = 0; index < texts.length; index++) if (passes(texts[index]!)) return index;
  return -1;
}

function allOf(nodes: readonly CompiledNode[]): CompiledNode {
  return {
    test: (reader) => {
      for (const node of nodes) if (!node.test(reader)) return false;
      return true;
    },
    collect: (reader, found) => {
      for (const node of nodes) node.collect(reader, found);
    },
  };
}

function anyOf(nodes: readonly CompiledNode[]): CompiledNode {
  return {
    test: (reader) => {
      for (const node of nodes) if (node.test(reader)) return true;
      return false;
    },
    collect: (reader, found) => {
      nodes.find((node) => node.test(reader))?.collect(reader, found);
    },
  };
}
