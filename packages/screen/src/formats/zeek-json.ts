import type { Format } from './format.ts';
import { formatTitles } from './format.ts';
import { createJsonReader, jsonFraming, jsonKeys } from './json-reader.ts';
import { zeekServed, zeekUrls } from './zeek-tsv.ts';

/**
 * Zeek's JSON writer: `{"ts":…,"id.orig_h":"192.0.2.1",…}`, one object a line, streams mixed (`_path`, `@stream`).
 *
 * The connection is `id.orig_h` (dots in the key), `id_orig_h` (some shippers) or a nested `id`; names are the dotted path.
 */
export const zeekJson: Format = {
  name: 'zeek-json',
  title: formatTitles['zeek-json'],
  detect: (sample) => {
    const keys = jsonKeys(sample);
    const isConnection = keys.has('id.orig_h') || keys.has('id_orig_h') || (keys.has('id') && keys.has('orig_h'));
    if (isConnection || (keys.has('_path') && keys.has('ts'))) return 0.95;
    return keys.has('@stream') && keys.has('ts') ? 0.9 : 0;
  },
  framing: jsonFraming,
  createReader: () =>
    createJsonReader({
      fieldName: 'path',
      served: zeekServed,
      urls: zeekUrls,
      hashIsHeader: true,
    }),
};
