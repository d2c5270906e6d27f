import { parseValue } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import type { Random } from '../random.ts';

// Few names, addresses, paths and glue, so that what is listed meets what is seen in every way.

const names = [
  'evil.example',
  'b.evil.example',
  'a.b.evil.example',
  'x-y.test',
  '_dmarc.x-y.test',
  'ab.cd.test',
  'e1.example',
  'ba.cafe.test',
];
const quads = ['192.0.2.1', '192.0.2.77', '198.51.100.7', '203.0.113.255', '0.0.0.0', '255.255.255.255'];
const groups6 = [
  '2001:db8::1',
  '2001:db8:0:1::',
  '::1',
  '::',
  'fe80::a:b',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:192.0.2.1',
  '1234:5678:9abc:def0:1234:5678:9abc:def0',
  'a::b',
  '64:ff9b::192.0.2.1',
  '::ffff:192.0.2.1',
  '::ffff:c000:24d',
];
const paths = ['/', '/a', '/a/b?x=1', '/?q', '/A.php', '/a%20b', '/x)', '/redirect?u=http://evil.example/a'];
const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Up to twenty values to list. */
export function soupValues(random: Random): Value[] {
  const values: Value[] = [];
  const put = (text: string, kind: ValueKind): void => {
    values.push(parseValue(text, kind));
  };
  for (let count = random.below(20); count >= 0; count--) {
    const name = random.pick(names);
    const host = random.pick([name, name, random.pick(quads), '[2001:db8::1]', '[a::b]']);
    const port = random.pick(['', '', ':80', ':443', ':8080']);
    const path = random.pick(paths);
    random.pick([
      () => put(name, 'domain'),
      () => put(`*.${name}`, 'domain'),
      () => put(random.pick(quads), 'ipv4'),
      () => put(`${random.pick(quads)}/${random.below(33)}`, 'ipv4'),
      () => put(random.pick(groups6), 'ipv6'),
      () => put(`${random.pick(groups6)}/${random.below(129)}`, 'ipv6'),
      () => put(`http://${host}${port}${path}`, 'url'),
      () => put(`http://${host}${port}${path.slice(0, 1 + random.below(path.length))}*`, 'url'),
      () => put(`${random.pick(['bob', "o'bob", 'a.b+c', 'é', '-x'])}@${name}`, 'email'),
      () => put(md5, 'md5'),
      () => put(sha1, 'sha1'),
      () => put(sha256, 'sha256'),
    ])();
  }
  return values;
}

const glue = [
  '.',
  '-',
  ':',
  '::',
  '/',
  '//',
  '://',
  '@',
  '[',
  ']',
  ' ',
  '"',
  ',',
  '_',
  '%',
  '\\',
  '\n',
  '?',
  '#',
  '0',
  'a',
  'g',
  ':80',
  ':443',
  ':8080',
  '.1',
  'é',
  "'",
  ')',
  '\t',
  'http://',
  'src:',
  '=',
  '->',
  '|',
  '+',
  '1:2:',
];

/** Some hundred characters made of what {@link soupValues} lists, whole and in pieces, and of what stands round such things. */
export function soupText(random: Random): string {
  let text = '';
  for (let count = random.below(14); count >= 0; count--) {
    const piece = random.pick([
      () => random.pick(names),
      () => random.pick(names).toUpperCase(),
      () => `www.${random.pick(names)}`,
      () => random.pick(quads),
      () => random.pick(groups6),
      () => random.pick(groups6).toUpperCase(),
      () => random.pick(names) + random.pick(paths),
      () => `bob@${random.pick(names)}`,
      () => `o'bob@${random.pick(names)}`,
      () => random.pick([md5, sha1, sha256, md5.toUpperCase()]),
      () => String.fromCharCode(random.below(256)),
    ])();
    const cut = random.below(12) === 0 ? piece.slice(random.below(piece.length)) : piece;
    text += cut + (random.below(4) === 0 ? '' : random.pick(glue)) + (random.below(3) === 0 ? random.pick(glue) : '');
  }
  return text;
}
