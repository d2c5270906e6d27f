import { ComityError, quote } from '@comity/protocol/base';
import type { SigmaLogsource } from '@comity/protocol/sigma';

/**
 * The log source of `--logsource product=github,service=audit`.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` for anything but `product`, `category` and `service`, each once.
 */
export function parseLogsource(text: string | undefined): SigmaLogsource | undefined {
  if (text === undefined) return undefined;
  const found: { product?: string; category?: string; service?: string } = {};
  for (const part of text.split(',')) {
    const [, key, value = ''] = /^\s*(product|category|service)=([\w.-]+)\s*$/.exec(part) ?? [];
    if ((key !== 'product' && key !== 'category' && key !== 'service') || found[key] !== undefined) {
      throw new ComityError(
        'ARGUMENT_INVALID',
        `Cannot use ${quote(text)} as log source: write product=windows,category=process_creation,service=sysmon, or some of it`,
      );
    }
    found[key] = value.toLowerCase();
  }
  return found;
}
