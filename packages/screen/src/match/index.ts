export { HitList, relations } from './hits.ts';
export type { Relation } from './hits.ts';
export { scan } from './scan.ts';
export { fastScan } from './fast-scan.ts';
