import { readFile } from 'node:fs/promises';
import { ComityError } from '@comity/protocol/base';
import { parsePolicy } from '@comity/protocol/tlog';
import type { Policy, TlogCrypto } from '@comity/protocol/tlog';
import { fileError } from '../file-error.ts';

/** @throws {ComityError} `FILE_UNREADABLE`, `LEDGER_MALFORMED`; `ARGUMENT_INVALID` when none was named. */
export async function loadPolicy(file: string | undefined, { sha256 }: TlogCrypto): Promise<Policy> {
  if (file !== undefined) return parsePolicy(await loadFile(file), sha256);
  throw new ComityError('ARGUMENT_INVALID', 'Cannot judge signatures without --policy: whom to trust', {
    details: { hint: 'Whoever keeps the ledger prints it: comity ledger policy' },
  });
}

/** @throws {ComityError} `FILE_UNREADABLE`. */
export async function loadFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw fileError('read', file, cause);
  }
}
