import {
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  portableCrypto,
  printCheckpoint,
  printNote,
  printSignatureLine,
  printVerifierKey,
  signText,
} from '@comity/protocol/tlog';
import type { SignatureKind, TlogCrypto } from '@comity/protocol/tlog';
import { nativeCrypto, signerOfSeed } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score } from './suite.ts';
import { bytesOf, faultOf, readSet, unrefused } from './tlog-set.ts';

const { sha256 } = nativeCrypto;
const cryptos: readonly (readonly [string, TlogCrypto])[] = [
  ['native', nativeCrypto],
  ['portable', portableCrypto],
];

interface NoteCase {
  readonly name: string;
  readonly note?: string;
  readonly noteBase64?: string;
  readonly vkeys: readonly string[];
  readonly result: 'ok' | 'unverified' | 'invalid-signature' | 'malformed';
  readonly verified?: readonly string[];
  readonly unverifiedCount?: number;
}

interface Notes {
  readonly keys: readonly { vkey: string; skey: string; text: string; signatureLine: string }[];
  readonly badVkeys: readonly string[];
  readonly cases: readonly NoteCase[];
  readonly vkeysSeenInFormats: readonly string[];
}

/** A key its own library reads, which does not compare the ids of cosigners: name and key have the id 31236897. */
const wrongIdThere = 'test+5893dc2c+';

/** Notes and keys of Go’s own tests, of the specification and of logs in use. */
export function noteScores(): Score[] {
  const { keys, badVkeys, cases, vkeysSeenInFormats: seen } = readSet('notes') as Notes;
  return [
    scoreOf('tlog notes', cases, 18, caseFault),
    scoreOf('tlog notes, flipped bytes refused', flippedNotes(cases), 652, ({ name, note, vkeys }) => {
      const known = vkeys.map((vkey) => parseVerifierKey(vkey, sha256));
      for (const code of ['LEDGER_UNPROVEN', 'LEDGER_MALFORMED', 'ENCODING_MALFORMED'])
        if (unrefused(name, code, () => openNote(note, known, nativeCrypto)) === undefined) return undefined;
      return unrefused(name, 'any', () => openNote(note, known, nativeCrypto));
    }),
    scoreOf('tlog verifier keys', [...badVkeys, ...seen], 10, (vkey, index) =>
      index < badVkeys.length || vkey.startsWith(wrongIdThere)
        ? unrefused(vkey, 'LEDGER_MALFORMED', () => parseVerifierKey(vkey, sha256))
        : faultOf(vkey.slice(0, 40), () =>
            printVerifierKey(parseVerifierKey(vkey, sha256)) === vkey ? undefined : 'printed otherwise',
          ),
    ),
    scoreOf('tlog notes signed the same', keys, 1, ({ vkey, skey, text, signatureLine }) =>
      faultOf(vkey, () => {
        const { name } = parseVerifierKey(vkey, sha256);
        const seed = bytesOf(skey.split('+').slice(4).join('+')).subarray(1);
        const [signature] = signText(text, [signerOfSeed(name, 'note', seed)], 0);
        return printSignatureLine(signature!) === signatureLine ? undefined : 'another signature line';
      }),
    ),
  ];
}

function caseFault({ name, note, noteBase64, vkeys, result, verified, unverifiedCount }: NoteCase): string | undefined {
  const bytes = noteBase64 === undefined ? (note ?? '') : bytesOf(noteBase64);
  const open = () =>
    openNote(
      bytes,
      vkeys.map((vkey) => parseVerifierKey(vkey, sha256)),
      nativeCrypto,
    );
  if (result === 'ok') {
    return faultOf(name, () => {
      const opened = open();
      const names = opened.verified.map(({ key }) => key.name);
      const isSame = String(names) === String(verified) && opened.unknown.length === unverifiedCount;
      return isSame ? undefined : `${names.join()} and ${opened.unknown.length} unknown`;
    });
  }
  // A byte that is not UTF-8 is malformed in words of its own, and so is a note of 101 signatures whatever the keys.
  const code =
    result === 'malformed' ? (noteBase64 === undefined ? 'LEDGER_MALFORMED' : 'ENCODING_MALFORMED') : undefined;
  const isTooMany = name.startsWith('101 signatures');
  return unrefused(name, code ?? (isTooMany ? 'LEDGER_MALFORMED' : 'LEDGER_UNPROVEN'), open);
}

/** Each byte of the notes all of whose signers are known, one bit flipped: lines of others may change. */
function flippedNotes(cases: readonly NoteCase[]): { name: string; note: Uint8Array; vkeys: readonly string[] }[] {
  const whole = cases.filter(
    ({ result, unverifiedCount, verified }) => result === 'ok' && unverifiedCount === 0 && verified?.length === 1,
  );
  return whole.flatMap(({ name, note = '', vkeys }) => {
    const bytes = Buffer.from(note);
    return Array.from(bytes, (byte, at) => ({
      name: `${name}, byte ${at}`,
      note: Uint8Array.from(bytes).with(at, byte ^ (1 << (at % 8))),
      vkeys,
    }));
  });
}

interface OwnCosignatures {
  readonly text: string;
  readonly timestamp: number;
  readonly signers: Readonly<
    Record<
      string,
      {
        name: string;
        type: number;
        seedHex: string;
        keyIdHex: string;
        vkey: string;
        signedMessageHex: string;
        line: string;
      }
    >
  >;
}

const kinds: Readonly<Record<number, SignatureKind>> = {
  1: 'note',
  4: 'cosignature-ed25519',
  6: 'cosignature-ml-dsa-44',
};

/** One checkpoint signed in all three ways: keys, signed bytes and lines, by both implementations. */
export function cosignatureScore(): Score {
  const { text, timestamp, signers } = readSet('own-cosignatures') as OwnCosignatures;
  const cases = Object.entries(signers).flatMap(([signer, each]) =>
    cryptos.map(([label, crypto]) => ({ ...each, name: `${signer}, ${label}`, crypto })),
  );
  return scoreOf('tlog signatures of all kinds', cases, 6, (each) =>
    faultOf(each.name, () => {
      const { key, sign } = signerOfSeed(each.vkey.split('+')[0]!, kinds[each.type]!, Buffer.from(each.seedHex, 'hex'));
      if (printVerifierKey(key) !== each.vkey || key.keyId !== each.keyIdHex) return 'another key';
      let signed = '';
      const spy = (message: Uint8Array): Uint8Array => {
        signed = Buffer.from(message).toString('hex');
        return sign(message);
      };
      const [signature] = signText(text, [{ key, sign: spy }], timestamp);
      if (signed !== each.signedMessageHex) return 'other bytes are signed';
      // ML-DSA signs with chance in it.
      if (each.type !== 6 && printSignatureLine(signature!) !== `${each.line}\n`) return 'another signature line';
      const opened = openNote(`${text}\n${each.line}\n`, [key], each.crypto);
      return (opened.verified[0]?.timeSeconds ?? timestamp) === timestamp ? undefined : 'another time';
    }),
  );
}

/** A checkpoint of Sigsum’s own implementation, byte for byte from its seed. */
export function sigsumScore(): Score {
  const { seedHex, checkpoint } = readSet('sigsum-checkpoint') as { seedHex: string; checkpoint: string };
  return scoreOf('tlog checkpoint of Sigsum', [checkpoint], 1, (note) =>
    faultOf('sigsum', () => {
      const { text } = parseNote(note);
      const signer = signerOfSeed(parseCheckpoint(text).origin, 'note', Buffer.from(seedHex, 'hex'));
      const ours = printNote({ text: printCheckpoint(parseCheckpoint(text)), signatures: signText(text, [signer], 0) });
      openCheckpoint(note, { origin: signer.key.name, keys: [signer.key] }, [], nativeCrypto);
      return ours === note ? undefined : 'another note';
    }),
  );
}
