import { ComityError } from '@comity/protocol/base';
import { verifyTlogProof } from '@comity/protocol/tlog';
import type { ProvenEntry } from '@comity/protocol/tlog';
import { createNativeCrypto } from '../../ledger/index.ts';
import type { ExitCode } from '../commands/command.ts';
import type { Typed } from '../flag-table.ts';
import { jsonText, plain, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { loadFile, loadPolicy } from './load-policy.ts';

/** `ledger verify`: all it needs is three files. */
export async function verifyReceipt(
  { flags, positionals: [proof = '', entry = ''] }: Typed<'ledger verify'>,
  { terminal }: { readonly terminal: Terminal },
): Promise<ExitCode> {
  const crypto = createNativeCrypto();
  const policy = await loadPolicy(flags.policy, crypto);
  const [proofBytes, entryBytes] = [await loadFile(proof), await loadFile(entry)];
  try {
    const proven = verifyTlogProof(proofBytes, entryBytes, policy, crypto);
    await write(terminal.stdout, flags.json ? jsonText(shown(proven)) : sentence(proven));
    return 0;
  } catch (error) {
    if (!(error instanceof ComityError) || error.code !== 'LEDGER_UNPROVEN') throw error;
    await write(
      terminal.stdout,
      flags.json ? jsonText({ proven: false, reason: error.message }) : `${plain(error.message)}\n`,
    );
    return 1;
  }
}

function shown({ checkpoint: { origin, size }, index, cosignatures }: ProvenEntry): object {
  return {
    proven: true,
    origin,
    index,
    size,
    cosignatures: cosignatures.map(({ key, timeSeconds = 0 }) => ({
      name: key.name,
      kind: key.kind,
      ...(timeSeconds > 0 && { at: new Date(timeSeconds * 1000).toISOString() }),
    })),
  };
}

function sentence({ checkpoint: { origin, size }, index, cosignatures }: ProvenEntry): string {
  const names = [...new Set(cosignatures.map(({ key }) => key.name))];
  const by = names.length === 0 ? 'witnessed by nobody' : `witnessed by ${names.join(', ')}`;
  return `${plain(`entry ${index} of ${size} of ${origin}, ${by}`)}\n`;
}
