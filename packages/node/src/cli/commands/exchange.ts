import { parseCount, parseOneOf } from '../numbers.ts';
import { givenStates } from '@comity/protocol/api';
import type { GivenView, RecallView } from '@comity/protocol/api';
import { jsonText, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';
import { findPeer } from './peers.ts';

export const listGiven: NodeCommand<'share given'> = async ({ flags, positionals: [text] }, client, terminal) => {
  const query = {
    member: text === undefined ? undefined : (await findPeer(client, text)).id,
    state: flags.state === undefined ? undefined : parseOneOf(flags.state, 'state', givenStates),
    limit: parseCount(flags.limit, 'limit', 1, 500),
  };
  const { rows } = await client.listGiven({ query });
  const cells = rows.map((row) => [
    row.name,
    row.state,
    saysOf(row),
    row.leaseUntil ?? '',
    row.object,
    row.title ?? '',
  ]);
  const head = ['MEMBER', 'STATE', 'MEMBER SAYS', 'LEASE ENDS', 'OBJECT', 'WHAT'];
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(head, cells));
  return rows.length === 0 ? 1 : 0;
};

export const listLoans: NodeCommand<'share loans'> = async ({ flags, positionals: [text] }, client, terminal) => {
  const member = text === undefined ? undefined : (await findPeer(client, text)).id;
  const { rows } = await client.listLoans({ query: { member, limit: parseCount(flags.limit, 'limit', 1, 500) } });
  const cells = rows.map((row) => [
    row.name,
    row.originName,
    `TLP:${row.tlp.toUpperCase()}`,
    row.hops,
    row.leaseUntil,
    row.object,
    row.title ?? '',
  ]);
  const head = ['LENT BY', 'ORIGIN', 'LABEL', 'HOPS', 'LEASE ENDS', 'OBJECT', 'WHAT'];
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(head, cells));
  return rows.length === 0 ? 1 : 0;
};

export const listRecalls: NodeCommand<'share recalls'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listRecalls({ query: {} });
  const cells = rows.map((row) => [row.reason ?? '', confirmedText(row), row.object, row.title ?? '']);
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(['WHY', 'CONFIRMED', 'OBJECT', 'WHAT'], cells));
  return rows.length === 0 ? 1 : 0;
};

function saysOf({ receipt, isTaken }: GivenView): string {
  if (receipt === undefined) return isTaken ? 'read, nothing yet' : 'nothing yet';
  return `${receipt.effect}${receipt.reason === undefined ? '' : ` (${receipt.reason})`}`;
}

function confirmedText({ deliveries }: RecallView): string {
  return `${deliveries.filter(({ receipt }) => receipt !== undefined).length} of ${deliveries.length}`;
}
