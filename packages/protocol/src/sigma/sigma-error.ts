import { ComityError } from '../base/index.ts';

/** Steps from the root of a document to a node of it: keys and indexes. */
export type SigmaPath = readonly (string | number)[];

/** Codes of {@link SigmaError}. */
export type SigmaErrorCode = 'SIGMA_MALFORMED' | 'SIGMA_TOO_COMPLEX' | 'SIGMA_UNSUPPORTED';

/** Why a rule cannot be used, and where it says so. `details` hold `path` and, once it is known, `line`. */
export class SigmaError extends ComityError {
  declare readonly code: SigmaErrorCode;
  readonly path: SigmaPath;

  constructor(
    code: SigmaErrorCode,
    message: string,
    options: { readonly path?: SigmaPath; readonly line?: number; readonly cause?: unknown } = {},
  ) {
    const { path = [], line, cause } = options;
    const place = showPath(path);
    super(code, message, {
      cause,
      details: { ...(place !== '' && { path: place }), ...(line !== undefined && { line }) },
    });
    this.path = path;
  }
}

/** `detection.selection.Image|endswith[1]` */
export function showPath(path: SigmaPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** Throws that what stands at `path` has not the form it must have; `what` continues "Cannot use the rule: ". */
export function malformed(what: string, path: SigmaPath = [], cause?: unknown): never {
  throw new SigmaError('SIGMA_MALFORMED', `Cannot use the rule: ${what}`, { path, cause });
}

/** Throws that what `path` asks for is not evaluated. */
export function unsupported(what: string, path: SigmaPath = []): never {
  throw new SigmaError('SIGMA_UNSUPPORTED', `Cannot use the rule: ${what}`, { path });
}

/** Throws that a limit is exceeded at `path`. */
export function tooComplex(what: string, path: SigmaPath = []): never {
  throw new SigmaError('SIGMA_TOO_COMPLEX', `Cannot use the rule: ${what}`, { path });
}
