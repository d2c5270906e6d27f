import { limits } from '../../base/index.ts';
import { tooComplex, unsupported } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import { parseText, pushPart } from './text-value.ts';
import type { TextPart } from './tree.ts';

/** Values of placeholders by their name without percent signs: `{ Servers: ['srv*'] }`. Wildcards mean what they mean in rules. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

const placeholderForm = /\\%|%(\w{1,64})%/g;

/**
 * A value with its placeholders filled in, in all combinations. Spec: Sigma rules 2.1.0, "Placeholders": `\%` is a plain
 * percent sign, and a tool without values for a placeholder must reject the rule.
 *
 * @throws {SigmaError} `SIGMA_UNSUPPORTED` for one without values, `SIGMA_TOO_COMPLEX` beyond `limits.sigmaAlternativesMax`.
 */
export function fillPlaceholders(
  parts: readonly TextPart[],
  placeholders: Placeholders,
  path: SigmaPath,
): readonly (readonly TextPart[])[] {
  let alternatives: TextPart[][] = [[]];
  const add = (options: readonly (readonly TextPart[])[]): void => {
    if (alternatives.length * options.length > limits.sigmaAlternativesMax) {
      tooComplex('its placeholders stand for too many values', path);
    }
    alternatives = alternatives.flatMap((each) =>
      options.map((option) => {
        const copy = [...each];
        for (const part of option) pushPart(copy, part);
        return copy;
      }),
    );
  };
  for (const part of parts) {
    if (typeof part !== 'string') add([[part]]);
    else {
      let at = 0;
      for (const { 0: found, 1: name, index } of part.matchAll(placeholderForm)) {
        add([[part.slice(at, index)]]);
        add(name === undefined ? [['%']] : valuesOf(name, placeholders, path));
        at = index + found.length;
      }
      add([[part.slice(at)]]);
    }
  }
  return alternatives;
}

function valuesOf(name: string, placeholders: Placeholders, path: SigmaPath): readonly (readonly TextPart[])[] {
  const values = placeholders.get(name);
  if (values === undefined) unsupported(`the placeholder %${name}% has no values here`, path);
  return values.map((value) => parseText(value));
}
