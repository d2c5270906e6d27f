import { formatTitles } from './format.ts';
import type { Format } from './format.ts';

/** Lines of anything: every token of a line is looked at, and a match names no field. */
export const raw: Format = {
  name: 'raw',
  title: formatTitles.raw,
  detect: () => 0.05,
  framing: () => 'lines',
  createReader: () => ({
    hasEscapes: false,
    gates: 'none',
    takeHeader: () => false,
    read: () => false,
    describe: () => ({ field: () => ({ name: undefined, ports: () => [] }), urls: () => [] }),
    header: () => '',
  }),
};
