import type { StixObject } from './object.ts';
export declare function parseStixObject(text: string, place?: string): StixObject;
