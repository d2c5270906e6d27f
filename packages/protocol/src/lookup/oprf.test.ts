import { portableOprf } from './index.ts';
import { testOprf } from '../../../testkit/src/index.ts';

/** What noble makes a scalar of: 48 bytes, one less than the scalar. */
const randomOf = (scalar: Uint8Array) => (count: number) => {
  const random = new Uint8Array(count);
  random.set(scalar);
  let index = 0;
  while (random[index] === 0) random[index++] = 0xff;
  random[index]! -= 1;
  return random;
};

testOprf('in the language', portableOprf, randomOf);
