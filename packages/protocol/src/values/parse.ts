import { ComityError } from '../base/index.ts';
import type { Value, ValueKind } from './kinds.ts';

/** @throws {ComityError} `VALUE_MALFORMED`. */
export function parseValue(text: string, kind: ValueKind): Value {
  throw new ComityError('VALUE_MALFORMED', `Cannot read ${text} as ${kind}`);
}
