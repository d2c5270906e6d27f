import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of, hexOf, parseUtf8, recogniseBase64, showUtf8, utf8Bytes } from './index.ts';

test('bytes become the text they encode, without a byte-order mark before it', () => {
  assert.equal(parseUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xbc)), 'ü');
  assert.equal(showUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xbc)), 'ü');
});

test('bytes that are not UTF-8 are refused with their place, and shown with U+FFFD', () => {
  const overlong = Uint8Array.of(0x61, 0xc0, 0x80); // a NUL in two bytes (RFC 3629 §10)
  assert.throws(() => parseUtf8(overlong, 'page 2'), {
    code: 'ENCODING_MALFORMED',
    message: 'Cannot read page 2: it is not UTF-8 text',
  });
  assert.equal(showUtf8(overlong), 'a\ufffd\ufffd');
});

test('a lone surrogate is encoded as U+FFFD, and bytes are two hexadecimal digits each', () => {
  assert.equal(hexOf(utf8Bytes('\n\ud800')), '0aefbfbd');
});

test('base64 is read in the one form it is written in (RFC 4648 §4)', () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0xfe, 0x61);
  assert.equal(base64Of(bytes), '/wD+YQ==');
  assert.deepEqual(recogniseBase64('/wD+YQ=='), bytes);
  for (const other of ['/wD+YQ', '/wD+YR==', '_wD-YQ==', '/wD+ YQ==', '='])
    assert.equal(recogniseBase64(other), undefined);
});
