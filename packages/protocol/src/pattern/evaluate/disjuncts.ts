import { ComityError, limits } from '../../base/index.ts';
import type { Shape, Span } from './shape.ts';

/** One way to answer a pattern: a shape without OR and REPEATS. */
export type Plan =
  | { readonly kind: 'slot'; readonly leaves: readonly number[]; readonly units: number }
  | { readonly kind: 'all' | 'copies' | 'sequence'; readonly parts: readonly Plan[] }
  | { readonly kind: 'within'; readonly part: Plan; readonly span: Span };

/**
 * Every way a pattern can be answered, one for each choice under its ORs, made as they are asked for: their number is
 * exponential in the pattern, so whoever asks counts.
 *
 * @param possible - Whether a leaf has any observation: what has none is no choice.
 * @throws {ComityError} `PATTERN_TOO_COMPLEX` when repetitions ask for more than `limits.patternSlotsMax` groups.
 */
export function* disjunctsOf(shape: Shape, possible: (leaf: number) => boolean): Generator<Plan> {
  switch (shape.kind) {
    case 'slot': {
      const leaves = shape.leaves.filter(possible);
      if (leaves.length > 0) yield { ...shape, leaves };
      return;
    }
    case 'any':
      for (const part of shape.parts) yield* disjunctsOf(part, possible);
      return;
    case 'within':
      for (const part of disjunctsOf(shape.part, possible)) yield { ...shape, part };
      return;
    case 'times':
      return yield* copiesOf(shape.part, shape.count, possible);
    case 'all':
    case 'sequence':
      for (const parts of choicesOf(shape.parts, 0, possible)) yield { kind: shape.kind, parts };
  }
}

function* choicesOf(
  parts: readonly Shape[],
  from: number,
  possible: (leaf: number) => boolean,
): Generator<readonly Plan[]> {
  const part = parts[from];
  if (part === undefined) return yield [];
  for (const first of disjunctsOf(part, possible)) {
    for (const rest of choicesOf(parts, from + 1, possible)) yield [first, ...rest];
  }
}

/** `count` ways to answer a part, in the order they come: which copy answers how does not matter. */
function* copiesOf(part: Shape, count: number, possible: (leaf: number) => boolean): Generator<Plan> {
  if (count > limits.patternSlotsMax) tooMany();
  const ways: Plan[] = [];
  for (const way of disjunctsOf(part, possible)) {
    ways.push(way);
    if (ways.length > limits.patternSlotsMax) tooMany();
  }
  const [only] = ways;
  if (only === undefined) return;
  if (ways.length === 1) {
    yield { kind: 'copies', parts: Array.from({ length: count }, () => only) };
    return;
  }
  const chosen = Array.from({ length: count }, () => 0);
  for (;;) {
    yield { kind: 'all', parts: chosen.map((way) => ways[way]!) };
    let at = count - 1;
    while (at >= 0 && chosen[at] === ways.length - 1) at--;
    if (at < 0) return;
    chosen.fill(chosen[at]! + 1, at);
  }
}

function tooMany(): never {
  throw new ComityError(
    'PATTERN_TOO_COMPLEX',
    `Cannot evaluate pattern: a group repeated more than ${limits.patternSlotsMax} times or answered in more ways`,
  );
}
