import { testOprf } from '../../../testkit/src/index.ts';
import { loadSodiumOprf } from './sodium-oprf.ts';

/** What libsodium makes a scalar of: 64 bytes, the scalar and zeros. */
const randomOf = (scalar: Uint8Array) => (count: number) => {
  const random = new Uint8Array(count);
  random.set(scalar);
  return random;
};

testOprf('in libsodium', await loadSodiumOprf(), randomOf);
