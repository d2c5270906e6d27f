import { ComityError, limits } from '@comity/protocol/base';
import { openStream } from '@comity/screen';
import { shownUrl } from './shown-url.ts';

/** Bytes of a document that is read whole, decompressed. @throws {ComityError} `INPUT_TOO_LARGE`. */
export async function wholeBytes(chunks: AsyncIterable<Uint8Array>, url: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const name = shownUrl(url);
  for await (const input of openStream(name, chunks, { bytesMax: limits.jsonDocumentBytesMax })) {
    for await (const chunk of input.chunks) {
      bytes += chunk.length;
      if (bytes > limits.jsonDocumentBytesMax) {
        throw new ComityError(
          'INPUT_TOO_LARGE',
          `Cannot read ${name}: larger than ${limits.jsonDocumentBytesMax} bytes`,
        );
      }
      parts.push(chunk);
    }
  }
  return Buffer.concat(parts);
}
