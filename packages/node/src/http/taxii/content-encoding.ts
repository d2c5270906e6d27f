import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';

export type Encoding = 'zstd' | 'gzip' | 'identity';

/** Shorter texts are sent as they are. */
const encodedFromBytes = 1024;
const encoders = { zstd: promisify(zstdCompress), gzip: promisify(gzip) };

/** The best encoding a client takes (RFC 9110 §12.5.3). @param header - `Accept-Encoding`, attacker-controlled. */
export function encodingOf(header: string | string[] | undefined): Encoding {
  if (header === undefined) return 'identity';
  const ranges = String(header).toLowerCase().split(',');
  const taken = new Set(
    ranges.flatMap((each) => {
      const [name = '', weight = ''] = each.split(';', 2).map((part) => part.trim());
      return /^q=0(?:\.0{0,3})?$/.test(weight) ? [] : [name];
    }),
  );
  if (taken.has('zstd')) return 'zstd';
  return taken.has('gzip') ? 'gzip' : 'identity';
}

/** A text as it is sent: off the event loop where it is compressed. */
export async function encoded(text: string, encoding: Encoding): Promise<Body> {
  const bytes = Buffer.from(text);
  if (encoding === 'identity' || bytes.length < encodedFromBytes) return { bytes, headers: {} };
  return { bytes: await encoders[encoding](bytes), headers: { 'content-encoding': encoding } };
}

/** Bytes and what has to be said of them. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}
