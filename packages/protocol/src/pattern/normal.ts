import type { Pattern } from './tree.ts';
export declare function normalPattern(pattern: Pattern): string;
