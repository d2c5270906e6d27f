/** The cryptography of the platform, for whoever signs and verifies what members say. Knows no key that is kept. */
export { createNativeCrypto, signerOfSeed } from './native-crypto.ts';
