export { filesBelow } from './files-below.ts';
export type { FoundFile } from './files-below.ts';
export { openInput, openStream } from './open-input.ts';
export type { InputOptions, OpenedInput } from './open-input.ts';
// For threads that read files themselves:
export { isPacked } from './decompress.ts';
// For digests of files:
export { compressionOf, growsTooMuch, ratioAfterBytes } from './decompress.ts';
export type { Bytes } from './decompress.ts';
export { PackedBytes } from './packed-bytes.ts';
export { gunzipped, unzstd } from './unpack.ts';
export { unreadable } from './unreadable.ts';
export { zipMembers } from './zip-members.ts';
export type { OpenedZip } from './zip-members.ts';
