export { valueKinds } from './kinds.ts';
export type { ListedValue, Value, ValueKind } from './kinds.ts';
