import type { ValueKind } from './kinds.ts';

export function stixPathOf(_kind: ValueKind, _value: string): string | undefined {
  return undefined;
}
