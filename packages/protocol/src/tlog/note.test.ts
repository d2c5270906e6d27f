import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError, utf8Bytes } from '../base/index.ts';
import type { ErrorCode } from '../base/index.ts';
import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  makeVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  printNote,
  printSignatureLine,
  printVerifierKey,
  signText,
} from './index.ts';
import type { NoteSigner, VerifierKey } from './index.ts';

const { sha256 } = nativeCrypto;
const log = createSigner('example.org/log', 'note', 'log');
const logPq = createSigner('example.org/log', 'cosignature-ml-dsa-44', 'log, ML-DSA');
const witness = createSigner('witness.example', 'cosignature-ed25519', 'witness');
const text = `example.org/log\n5\n${'A'.repeat(43)}=\n`;
const timeSeconds = 1_790_000_000;

function noteOf(signers: readonly NoteSigner[], of = text): string {
  return printNote({ text: of, signatures: signText(of, signers, timeSeconds) });
}
function refuses(action: () => unknown, code: ErrorCode, message?: RegExp): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof ComityError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}
const open = (note: string | Uint8Array, keys: readonly VerifierKey[]) => openNote(note, keys, nativeCrypto);

test('a verifier key is read in its one form and written as it was (signed-note, Verifier keys)', () => {
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const key = parseVerifierKey(vkey, sha256);
  assert.deepEqual([key.name, key.keyId, key.kind, key.publicKey.length], ['PeterNeumann', 'c74f20a3', 'note', 32]);
  assert.equal(printVerifierKey(key), vkey);
  for (const { key } of [log, logPq, witness])
    assert.deepEqual(parseVerifierKey(printVerifierKey(key), sha256), {
      ...key,
      publicKey: Uint8Array.from(key.publicKey),
    });
});

test('a verifier key with any part wrong is refused, and so are kinds nobody here verifies', () => {
  const base64 = 'ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  for (const [vkey, message] of [
    ['PeterNeumann+c74f20a3', /not name\+id\+base64/],
    ['', /not name/],
    [`PeterNeumann+c74f20a4+${base64}`, /its id is c74f20a3/],
    [`PeterNeumann+C74F20A3+${base64}`, /its id is c74f20a3/],
    [`Peter Neumann+c74f20a3+${base64}`, /as the name of a key/],
    [`+c74f20a3+${base64}`, /as the name of a key/],
    [`Peter\u0085Neumann+c74f20a3+${base64}`, /as the name of a key/],
    [`PeterNeumann+c74f20a3+${base64.slice(0, -4)}`, /29 bytes/],
    [`PeterNeumann+c74f20a3+${base64.replace('/', '_')}`, /not base64/],
    ['PeterNeumann+c74f20a3+', /no type/],
    ['a+00000000+AgAA', /type 02 \(ECDSA\)/],
    ['a+00000000+BQAA', /type 05 \(RFC 6962 tree heads\)/],
    ['a+00000000+/wAA', /type ff is not verified/],
    [`${'n'.repeat(256)}+c74f20a3+${base64}`, /1 to 255 bytes/],
  ] as const)
    refuses(() => parseVerifierKey(vkey, sha256), 'LEDGER_MALFORMED', message);
  refuses(() => parseVerifierKey('x'.repeat(5000), sha256), 'INPUT_TOO_LARGE');
  refuses(() => makeVerifierKey({ ...log.key, name: '\ud800' }, sha256), 'LEDGER_MALFORMED');
});

test('a note says its text and who claims to have signed it; the last empty line is the border', () => {
  const two = `one\n\ntwo\n`;
  const note = noteOf([log], two);
  const parsed = parseNote(utf8Bytes(note));
  assert.equal(parsed.text, two);
  assert.deepEqual(
    parsed.signatures.map(({ name, keyId, bytes }) => [name, keyId, bytes.length]),
    [['example.org/log', log.key.keyId, 64]],
  );
  assert.equal(printNote(parsed), note);
});

test('a note that has not its form is refused with the place', () => {
  const note = noteOf([log, witness]);
  const [line = ''] = note.split('\n\n')[1]!.split('\n');
  for (const [bad, message] of [
    ['', /no empty line/],
    [text, /no empty line/],
    [`${text}\n`, /do not end with a newline/],
    [note.slice(0, -1), /do not end with a newline/],
    [`${note}Unexpected.\n`, /signature 3 of note/],
    [`\u0001${note}`, /control characters/],
    [note.replace('\n', '\r\n'), /control characters/],
    [note.replace('\n', '\t\n'), /control characters/],
    [note.replace('\u2014', '-'), /signature 1 of note/],
    [note.replace('\u2014 ', '\u2014  '), /signature 1 of note/],
    [`${text}\n${line} \n`, /signature 1 of note/],
    [`${text}\n\u2014 a\u2003b AAAAAAA=\n`, /signature 1 of note/],
    [`${text}\n\u2014 a+b AAAAAAA=\n`, /signature 1 of note/],
    [`${text}\n\u2014 a AAAAAA==\n`, /4 bytes are no signature/],
    [`${text}\n\u2014 a AAAAAAB=\n`, /not base64/],
    [`${text}\n\u2014 a AAAAAAA\n`, /not base64/],
    [`${text}\n\u2014 a AAAA-AA=\n`, /not base64/],
    [`${text}\n${`${line}\n`.repeat(101)}`, /101 signatures/],
  ] as const)
    refuses(() => parseNote(bad), 'LEDGER_MALFORMED', message);
  refuses(() => parseNote(Uint8Array.of(0xff, 10, 10)), 'ENCODING_MALFORMED');
  refuses(() => parseNote(`\ud800${note}`), 'ENCODING_MALFORMED');
  refuses(() => parseNote(`${'x'.repeat(600_000)}\n\n${line}\n`), 'INPUT_TOO_LARGE');
  refuses(() => printNote({ text: 'no end', signatures: [] }), 'LEDGER_MALFORMED');
  refuses(() => printNote({ text, signatures: [] }), 'LEDGER_MALFORMED');
});

test('spaces in names are those of Go: U+0085 is one, U+FEFF is none', () => {
  const line = (name: string): string => `${text}\n\u2014 ${name} AAAAAAA=\n`;
  assert.equal(parseNote(line('a\ufeffb')).signatures[0]?.name, 'a\ufeffb');
  for (const space of ['\u0085', '\u00a0', '\u1680', '\u2000', '\u200a', '\u2028', '\u202f', '\u205f', '\u3000'])
    refuses(() => parseNote(line(`a${space}b`)), 'LEDGER_MALFORMED');
});

test('a byte-order mark is part of the text, which was signed without it', () => {
  const note = utf8Bytes(`\ufeff${noteOf([log])}`);
  assert.ok(parseNote(note).text.startsWith('\ufeff'));
  refuses(() => open(note, [log.key]), 'LEDGER_UNPROVEN');
});

test('known keys verify, unknown ones are passed over, each key and each unknown line once', () => {
  const once = noteOf([log, witness, logPq]);
  const lines = once.split('\n\n')[1]!;
  const opened = open(`${once}${lines}`, [log.key, logPq.key]);
  assert.equal(opened.text, text);
  assert.deepEqual(
    opened.verified.map(({ key, timeSeconds: time }) => [key.kind, time]),
    [
      ['note', undefined],
      ['cosignature-ml-dsa-44', timeSeconds],
    ],
  );
  assert.deepEqual(
    opened.unknown.map(({ name }) => name),
    ['witness.example'],
  );
  assert.deepEqual(
    open(once, [witness.key]).verified.map(({ timeSeconds: time }) => time),
    [timeSeconds],
  );
});

test('a known key with a bad signature rejects the whole note, and a second line of it is not looked at', () => {
  const [signature] = signText(text, [witness], timeSeconds);
  const bad = printSignatureLine({ ...signature!, bytes: signature!.bytes.with(20, signature!.bytes[20]! ^ 1) });
  const good = noteOf([log, witness]);
  refuses(() => open(`${noteOf([log])}${bad}`, [log.key, witness.key]), 'LEDGER_UNPROVEN', /witness.example/);
  assert.equal(open(`${good}${bad}`, [log.key, witness.key]).verified.length, 2);
  refuses(() => open(good, []), 'LEDGER_UNPROVEN', /no known key/);
  refuses(() => open(good, [createSigner('example.org/log', 'note', 'other').key]), 'LEDGER_UNPROVEN', /no known key/);
});

test('two keys of one name and id are an error: whose signature it is could not be told', () => {
  refuses(() => open(noteOf([log]), [log.key, { ...witness.key, ...log.key }]), 'LEDGER_MALFORMED', /two of them/);
});

test('signatures of a wrong length and times beyond 2^53−1 are none', () => {
  for (const bytes of [
    Uint8Array.of(1),
    new Uint8Array(64),
    Buffer.concat([Uint8Array.from({ length: 8 }, () => 0xff), new Uint8Array(64)]),
  ]) {
    const note = printNote({ text, signatures: [{ name: witness.key.name, keyId: witness.key.keyId, bytes }] });
    refuses(() => open(note, [witness.key]), 'LEDGER_UNPROVEN');
  }
});

test('ML-DSA-44 signs checkpoints and nothing else; a signer that gives something else is found out; times are whole', () => {
  refuses(() => signText('a text\n', [logPq], timeSeconds), 'LEDGER_MALFORMED', /checkpoint/);
  refuses(() => signText(text, [{ ...log, sign: () => new Uint8Array(63) }], 0), 'LEDGER_MALFORMED', /63 bytes/);
  for (const time of [-1, 0.5, 2 ** 53]) refuses(() => signText(text, [witness], time), 'LEDGER_MALFORMED', /time/);
});

test('what a cosigner of type 04 signs and what one of type 06 signs (tlog-cosignature)', () => {
  const signed: Uint8Array[] = [];
  const spying = ({ key, sign }: NoteSigner): NoteSigner => ({
    key,
    sign: (message) => {
      signed.push(message);
      return sign(message);
    },
  });
  signText(text, [log, witness, logPq].map(spying), 7);
  const u64 = (value: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, value);
  assert.deepEqual(
    signed.map((each) => Buffer.from(each)),
    [
      Buffer.from(text),
      Buffer.from(`cosignature/v1\ntime 7\n${text}`),
      Buffer.concat([
        Buffer.from('subtree/v1\n\0\x0fexample.org/log'),
        u64(7),
        Buffer.from('\x0fexample.org/log'),
        u64(0),
        u64(5),
        new Uint8Array(32),
      ]),
    ],
  );
});

test('any flipped bit of a signed note makes it worthless', () => {
  const note = utf8Bytes(noteOf([log]));
  fc.assert(
    fc.property(fc.nat(note.length * 8 - 1), (bit) => {
      const at = Math.floor(bit / 8);
      const flipped = note.with(at, note[at]! ^ (1 << (bit % 8)));
      assert.throws(() => open(flipped, [log.key]), ComityError);
    }),
    { numRuns: 500 },
  );
});

test('whatever comes in, reading throws its own errors alone, and what is read is written as it was', () => {
  const part = fc.oneof(
    fc.constantFrom('\n', '\n\n', '\u2014 ', ' ', 'a', 'AAAAAAA=', text, '\u0001', '\ud800'),
    fc.string({ unit: 'grapheme' }),
    fc.base64String(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const note = parts.join('');
      try {
        assert.equal(printNote(parseNote(note)), note);
      } catch (error) {
        assert.ok(error instanceof ComityError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
  const signature = fc.record(
    {
      name: fc.string({ minLength: 1 }).filter((name) => !/[\s+\u0085]/.test(name)),
      keyId: fc.stringMatching(/^[0-9a-f]{8}$/),
      bytes: fc.uint8Array({ minLength: 1 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(signature, { minLength: 1, maxLength: 5 }), fc.array(fc.string()), (signatures, lines) => {
      const note = { text: `${lines.join('\n').replaceAll(/[\0-\t\v-\x1f]/g, '')}\n`, signatures };
      assert.deepEqual(parseNote(printNote(note)), note);
    }),
  );
});
