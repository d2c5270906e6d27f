export { isWithUrl, kernelOn, kindOf, noEntry, offsetOf, placeKinds } from './kernel.ts';
export type { Gates, Kernel } from './kernel.ts';
