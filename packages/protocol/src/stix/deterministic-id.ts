import type { JsonObject, StixId } from '../base/index.ts';
export declare function deterministicId(type: string, value: JsonObject): StixId | undefined;
