import type { Pattern } from './tree.ts';
export declare function printPattern(pattern: Pattern): string;
