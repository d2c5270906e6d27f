export { kernelOn, placeKinds } from './kernel.ts';
export type { Kernel } from './kernel.ts';
