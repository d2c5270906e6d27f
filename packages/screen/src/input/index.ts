export { openInput, openStream } from './open-input.ts';
export type { InputOptions, OpenedInput } from './open-input.ts';
