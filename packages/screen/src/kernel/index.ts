export { isWithUrl, kernelOn, kindOf, noEntry, offsetOf, placeKinds, WINDOW_BYTES } from './kernel.ts';
export type { Gates, Kernel } from './kernel.ts';
