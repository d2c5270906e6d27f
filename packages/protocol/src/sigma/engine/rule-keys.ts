import type { SigmaNode } from '../plan/tree.ts';
import { fold } from '../evaluate/event-reader.ts';

/** Something one of which an event must show for a rule to hold: a whole value, or a part of one, without case. */
export interface RuleKey {
  /** undefined: any text of the event. */
  readonly field: string | undefined;
  readonly kind: 'equal' | 'part';
  readonly text: string;
}

interface Choice {
  readonly keys: readonly RuleKey[];
  /** How telling the least telling of them is. */
  readonly weight: number;
}

/** Longest literal a rule is found by: what is longer costs memory and is hardly rarer. */
const literalCharsMax = 12;
/** Keys of one rule; a rule with more is asked of every event of its log source. */
const keysMax = 20_000;

/** What to find a rule by; undefined when an event can answer it without showing any literal. */
export function keysOf(node: SigmaNode): readonly RuleKey[] | undefined {
  return choiceOf(node)?.keys;
}

function choiceOf(node: SigmaNode): Choice | undefined {
  switch (node.kind) {
    case 'not':
      return undefined;
    case 'and': {
      let best: Choice | undefined;
      for (const each of node.nodes) {
        const choice = choiceOf(each);
        if (choice !== undefined && (best === undefined || isBetter(choice, best))) best = choice;
      }
      return best;
    }
    case 'or': {
      const keys: RuleKey[] = [];
      let weight = Infinity;
      for (const each of node.nodes) {
        const choice = choiceOf(each);
        if (choice === undefined || keys.length + choice.keys.length > keysMax) return undefined;
        for (const key of choice.keys) keys.push(key);
        weight = Math.min(weight, choice.weight);
      }
      return { keys, weight };
    }
    case 'test':
      return keyOfTest(node);
  }
}

function isBetter(choice: Choice, than: Choice): boolean {
  return choice.weight === than.weight ? choice.keys.length < than.keys.length : choice.weight > than.weight;
}

function keyOfTest({ field, test }: Extract<SigmaNode, { kind: 'test' }>): Choice | undefined {
  if (test.kind !== 'text') return undefined;
  const { parts } = test;
  const literals = parts.filter((part) => typeof part === 'string').map(fold);
  if (literals.length === parts.length) {
    const text = literals.join('');
    // A whole value is rarer than a part as long as it.
    return { keys: [{ field, kind: 'equal', text }], weight: text.length + 2 };
  }
  let longest = '';
  for (const each of literals) if (each.length > longest.length) longest = each;
  if (longest === '') return undefined;
  const text = longest.slice(-literalCharsMax);
  return { keys: [{ field, kind: 'part', text }], weight: text.length };
}
