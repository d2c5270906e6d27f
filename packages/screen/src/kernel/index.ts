export { kernelOn, placeKinds } from './kernel.ts';
export type { Gates, Kernel } from './kernel.ts';
