/** What each byte is to the matcher, as tables. Spec: docs/spec/matching.md, "Bytes". */

function tableOf(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));
}

function isIn(characters: string): (byte: number) => boolean {
  return (byte) => byte < 128 && characters.includes(String.fromCharCode(byte));
}

const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** ASCII lower case of each byte. */
export const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Value of a hexadecimal digit of either case; 255 for any other byte. */
export const hexDigit = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

/** Hexadecimal digits of either case. */
export const isHex = tableOf((byte) => hexDigit[byte] !== 255);

/** ASCII letters and digits. */
export const isAlphanumeric = tableOf(isIn(alphanumeric));

/** Bytes of a local part that end where another byte stands. */
export const isLocalByte = tableOf(isIn(`${alphanumeric}._-%+`));

/** Bytes that end a URL. */
export const isUrlEnd = tableOf((byte) => byte <= 32 || byte >= 127 || isIn('"<>#\\')(byte));

/** Bytes at the end of a URL that may belong to the text round it. */
export const isUrlTrailer = tableOf(isIn(".,;:!?')]}|"));

/** Bytes of a token: of names, numbers and words. */
export const isTokenByte = tableOf(isIn(`${alphanumeric}._-`));
