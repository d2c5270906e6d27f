import type { ListedValue } from '../values/index.ts';
export declare function patternOfValue(value: ListedValue): string;
