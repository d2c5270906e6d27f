export { findShared, sharedDir, skipWithout } from './shared.ts';
export { createRandom } from './random.ts';
export type { Random } from './random.ts';
export { createSigner, nativeCrypto, signerOfSeed } from './native-crypto.ts';
export { inventEntries, makeLog } from './made-log.ts';
export type { MadeLog } from './made-log.ts';
export { testOprf } from './oprf-cases.ts';
