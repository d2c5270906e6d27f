import type { ListedValue } from '@comity/protocol/values';
import { createRandom } from '../random.ts';
import { randomIpv4, randomIpv6 } from './names.ts';

/** Inputs made to be slow to look through, by name; each fills `bytes`. */
export const adversarialInputs: Readonly<Record<string, (bytes: number, planted: readonly ListedValue[]) => Buffer>> = {
  binary: (bytes) => {
    const random = createRandom(1);
    const noise = Buffer.alloc(bytes);
    for (let at = 0; at + 4 <= bytes; at += 4) noise.writeUInt32LE(random.u32(), at);
    return noise;
  },
  'empty lines': (bytes) => Buffer.alloc(bytes, '\n'),
  'one dotted line': (bytes) => Buffer.alloc(bytes, 'a.example.'),
  'one line of numbers and dots': (bytes) => Buffer.alloc(bytes, '1.2.3.'),
  'one hexadecimal line': (bytes) => Buffer.alloc(bytes, 'ab01'),
  'one line of ab:ab:': (bytes) => Buffer.alloc(bytes, 'ab:'),
  'one line of colons': (bytes) => Buffer.alloc(bytes, ':'),
  'one line of a::': (bytes) => Buffer.alloc(bytes, 'a::'),
  'five-byte names': (bytes) => {
    const random = createRandom(2);
    return fill(bytes, () => `${'abcdefghij'[random.below(10)]!}${random.below(10)}.te `);
  },
  'IPv4 only': (bytes) => {
    const random = createRandom(3);
    return fill(bytes, () => `${randomIpv4(random)} `);
  },
  'IPv6 only': (bytes) => {
    const random = createRandom(4);
    return fill(bytes, () => `${randomIpv6(random)} `);
  },
  'URLs in URLs': (bytes, planted) => {
    const hosts = planted.filter(({ kind }) => kind === 'url').map(({ value }) => value.split('/')[0]!);
    const random = createRandom(5);
    return fill(bytes, () => `http://${random.pick(hosts)}/`);
  },
  'mail in mail': (bytes, planted) => {
    const mails = planted.filter(({ kind }) => kind === 'email').map(({ value }) => value);
    const random = createRandom(6);
    return fill(bytes, () => `${random.pick(mails)}@`);
  },
  'every token a hit': (bytes, planted) => {
    const random = createRandom(7);
    return fill(bytes, () => `${random.pick(planted).value.split('/')[0]!} `);
  },
};

function fill(bytes: number, next: () => string): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    let text = '';
    while (text.length < 65_536) text += next();
    at += buffer.write(text, at, 'latin1');
  }
  return buffer;
}
