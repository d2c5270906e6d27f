export { isObserved, observationOf } from './observe.ts';
export { recordOf } from './record-of.ts';
