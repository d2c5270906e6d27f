export { kernelOn, placeKinds, WINDOW_BYTES } from './kernel.ts';
export type { Gates, Kernel } from './kernel.ts';
