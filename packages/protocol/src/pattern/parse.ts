import type { Pattern } from './tree.ts';

export interface PatternOptions {
  /** Grammar of the object that carries the pattern: 2.0 also takes plain strings after START and STOP. Default 2.1. */
  readonly version?: '2.0' | '2.1';
}
export declare function parsePattern(text: string, options?: PatternOptions): Pattern;
