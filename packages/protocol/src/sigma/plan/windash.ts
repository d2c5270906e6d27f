import { limits } from '../../base/index.ts';
import { tooComplex } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import { pushPart } from './text-value.ts';
import type { TextPart } from './tree.ts';

/** Signs that begin an option of a Windows command: hyphen, slash, en dash, em dash, horizontal bar. */
const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'] as const;
/** A dash where an option begins: no letter, digit or `_` before it, one behind. */
const optionForm = /(?<![A-Za-z0-9_])[-/\u2013\u2014\u2015](?=[A-Za-z0-9_])/g;

/**
 * A value with each dash that begins an option written in all ways, in all combinations. Spec: modifiers 2.1.0, `windash`;
 * which dashes are meant is as pySigma has it.
 *
 * @throws {SigmaError} `SIGMA_TOO_COMPLEX` for more than `limits.sigmaAlternativesMax` combinations.
 */
export function dashAlternatives(parts: readonly TextPart[], path: SigmaPath): readonly (readonly TextPart[])[] {
  let alternatives: TextPart[][] = [[]];
  for (const part of parts) {
    if (typeof part !== 'string') for (const each of alternatives) pushPart(each, part);
    else {
      let at = 0;
      for (const { index } of part.matchAll(optionForm)) {
        for (const each of alternatives) pushPart(each, part.slice(at, index));
        if (alternatives.length * dashes.length > limits.sigmaAlternativesMax) {
          tooComplex('a value with windash has too many dashes', path);
        }
        alternatives = alternatives.flatMap((each) =>
          dashes.map((dash) => {
            const copy = [...each];
            pushPart(copy, dash);
            return copy;
          }),
        );
        at = index + 1;
      }
      for (const each of alternatives) pushPart(each, part.slice(at));
    }
  }
  return alternatives;
}
