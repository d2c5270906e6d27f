export { isWithUrl, kernelOn, kindOf, noEntry, offsetOf, placeKinds } from './kernel.ts';
export type { Gates, Kernel, KernelNotes } from './kernel.ts';
