import { ComityError, quote } from '@comity/protocol/base';
import {
  beginningOfTile,
  checkLog,
  isQuorum,
  logOfPolicy,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseTilePath,
  printTilePath,
  tileWidth,
} from '@comity/protocol/tlog';
import type { Checkpoint, LogFault, Policy, TlogCrypto } from '@comity/protocol/tlog';
import { createNativeCrypto } from '../../ledger/index.ts';
import type { ExitCode } from '../commands/command.ts';
import type { Typed } from '../flag-table.ts';
import { jsonText, plain, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { loadPolicy } from './load-policy.ts';
import { openPlace } from './open-place.ts';
import type { Read } from './open-place.ts';

const faultsShown = 100;

/** `ledger fsck` of a folder or a URL: anybody's ledger, read from end to end. */
export async function checkLogAt(
  { flags, positionals: [place = ''] }: Typed<'ledger fsck'>,
  { terminal }: { readonly terminal: Terminal },
): Promise<ExitCode> {
  const crypto = createNativeCrypto();
  const policy = await loadPolicy(flags.policy, crypto);
  const { read, close } = await openPlace(place, { allowPrivate: flags['allow-private'] });
  try {
    const note = await read('checkpoint');
    if (note === undefined) throw new ComityError('NOT_FOUND', `Cannot find a checkpoint in ${quote(place)}`);
    const opened = openedOr(note, policy, crypto);
    const faults: LogFault[] = 'reason' in opened ? [{ path: 'checkpoint', reason: opened.reason }] : [];
    const { size, root } = 'reason' in opened ? parseCheckpoint(parseNote(note).text) : opened;
    for await (const fault of checkLog({ size, root }, orFull(read), crypto.sha256)) {
      faults.push(fault);
      if (faults.length === faultsShown) break;
    }
    const lines = faults.map(({ path, reason }) => `${plain(path)}: ${plain(reason)}\n`);
    const text = [...lines, `${size} entries, ${faults.length === 0 ? 'sound' : `${faults.length} faults`}\n`].join('');
    await write(terminal.stdout, flags.json ? jsonText({ entries: size, faults }) : text);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

function openedOr(
  note: Uint8Array,
  policy: Policy,
  crypto: TlogCrypto,
): Pick<Checkpoint, 'size' | 'root'> | { readonly reason: string } {
  try {
    const log = logOfPolicy(policy, parseCheckpoint(parseNote(note).text).origin);
    const witnessKeys = policy.witnesses.map(({ key }) => key);
    const { checkpoint, ofWitnesses } = openCheckpoint(note, log, witnessKeys, crypto);
    if (
      isQuorum(
        policy,
        ofWitnesses.map(({ key }) => key),
      )
    )
      return checkpoint;
    return { reason: 'those who cosigned it are not the quorum of the policy' };
  } catch (error) {
    if (error instanceof ComityError && error.code === 'LEDGER_UNPROVEN') return { reason: error.message };
    throw error;
  }
}

/** A full tile begins with what a partial one held that is gone. */
function orFull(read: Read): Read {
  return async (path) => {
    const tile = parseTilePath(path);
    const found = await read(path);
    if (found !== undefined || tile.width === tileWidth) return found;
    const full = await read(printTilePath({ ...tile, width: tileWidth }));
    return full && beginningOfTile(full, tile);
  };
}
