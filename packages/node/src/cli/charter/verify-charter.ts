import { open } from 'node:fs/promises';
import { ComityError, limits } from '@comity/protocol/base';
import { parseHistory, rollOf, verifyAhead, verifyChain } from '@comity/protocol/charter';
import type { History, Replay } from '@comity/protocol/charter';
import { verifyDescriptorChain } from '@comity/protocol/members';
import { createNativeCrypto } from '../../ledger/index.ts';
import type { ExitCode } from '../commands/command.ts';
import { fileError } from '../file-error.ts';
import type { Typed } from '../flag-table.ts';
import { jsonText, plain, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { namesOf, storyOf } from './story.ts';

/** `charter verify`: all it needs is one file, and the hash of the first charter from somebody its reader trusts. */
export async function verifyCharter(
  { flags, positionals: [file = ''] }: Typed<'charter verify'>,
  { terminal }: { readonly terminal: Terminal },
): Promise<ExitCode> {
  const crypto = createNativeCrypto();
  const history = parseHistory(await loadHistory(file), crypto);
  const chains = history.descriptors.map((chain) => verifyDescriptorChain(chain, crypto));
  const roll = rollOf(chains, crypto);
  const ahead = await verifyAhead(history.genesis, history.decisions, roll, crypto);
  const replay = verifyChain(history.genesis, history.decisions, roll, ahead);
  const isKnown = flags.federation === undefined || flags.federation === replay.federation;
  const text = flags.json
    ? jsonText(shown(replay, isKnown))
    : [...storiesOf(history, replay, crypto.sha256), ...endingOf(replay, flags.federation)]
        .map((line) => `${plain(line)}\n`)
        .join('');
  await write(terminal.stdout, text);
  return replay.isWhole && isKnown ? 0 : 1;
}

/** Its size is looked at before it is read. @throws {ComityError} `FILE_UNREADABLE`, `INPUT_TOO_LARGE`. */
async function loadHistory(file: string): Promise<Uint8Array> {
  const most = limits.charterHistoryBytesMax;
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size <= most) return await handle.readFile();
    throw new ComityError('INPUT_TOO_LARGE', `Cannot read history: ${size} bytes, at most ${most} are read`);
  } catch (cause) {
    if (cause instanceof ComityError) throw cause;
    throw fileError('read', file, cause);
  }
}

function storiesOf(history: History, { tallies }: Replay, sha256: Parameters<typeof storyOf>[3]): string[] {
  const names = namesOf(history);
  return tallies.flatMap((tally, at) => storyOf(history.decisions[at]!, tally, names, sha256));
}

function endingOf({ isWhole, current, federation, tallies }: Replay, expected: string | undefined): string[] {
  const { number, name, members, expiresAt } = current.charter;
  return [
    isWhole
      ? `all ${tallies.length} decisions follow from the first charter`
      : 'the last of these does not follow: what comes after it was not looked at',
    `charter ${number} of ${name}, ${members.length} members, until ${expiresAt.slice(0, 10)}: ${current.hash}`,
    expected === undefined
      ? `first charter: ${federation}; compare it with what somebody you trust says, or name it with --federation`
      : `first charter: ${federation}, which is ${expected === federation ? '' : 'not '}the one you named`,
  ];
}

function shown({ isWhole, current, federation, tallies }: Replay, isKnown: boolean): object {
  return {
    proven: isWhole && isKnown,
    federation,
    charter: { number: current.charter.number, hash: current.hash },
    decisions: tallies.map(({ proposal, outcome, faults, count, electorate, confirmers, next }) => ({
      proposal,
      outcome,
      faults,
      needed: electorate.needed,
      yes: count.yes,
      no: count.no,
      abstain: count.abstain,
      confirmed: confirmers.size,
      ballots: count.counted,
      refused: count.refused,
      ...(next !== undefined && { charter: next.hash }),
    })),
  };
}
