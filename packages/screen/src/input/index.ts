export { filesBelow } from './files-below.ts';
export type { FoundFile } from './files-below.ts';
export { openInput, openStream } from './open-input.ts';
export type { InputOptions, OpenedInput } from './open-input.ts';
