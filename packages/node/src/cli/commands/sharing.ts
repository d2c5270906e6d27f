import { ComityError } from '@comity/protocol/base';
import { parseCount } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const explainSharing: NodeCommand<'share explain'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const answer = await client.explainSharing({ params: { id }, query: { to: flags.to } });
  const { rows } = answer;
  if (flags.json) await write(terminal.stdout, jsonText(answer));
  else {
    const lines = rows.flatMap(({ recipient, name, action, result, reasons, obligations }) => [
      `${result === 'allow' ? 'yes' : 'no '}  ${action}: ${recipient} (${name})`,
      ...reasons.map(({ ruleId, says, citation }) => `       ${says} [${ruleId}: ${citation}]`),
      ...(obligations.length === 0 ? [] : [`       to be kept: ${obligations.join(', ')}`]),
    ]);
    await write(terminal.stdout, lines.map((line) => `${plain(line)}\n`).join(''));
  }
  const asked = flags.to === undefined ? rows.filter(({ recipient }) => recipient !== 'owner') : rows;
  return asked.some(({ result }) => result === 'allow') ? 0 : 1;
};

export const listDecisions: NodeCommand<'share decisions'> = async ({ flags }, client, terminal) => {
  const limit = parseCount(flags.limit, 'limit', 1, 500);
  const answer = await client.listSharingDecisions({ query: { object: flags.object, recipient: flags.to, limit } });
  if (flags.json) await write(terminal.stdout, jsonText(answer));
  else {
    const head = ['LAST', 'COUNT', 'RESULT', 'ACTION', 'RECIPIENT', 'RULES', 'OBJECT'];
    const cells = answer.rows.map((row) => [
      row.lastAt,
      row.count,
      row.result,
      row.action,
      row.recipient,
      row.ruleIds.join(' '),
      row.object ?? 'not kept one by one',
    ]);
    await write(terminal.stdout, tableText(head, cells));
  }
  return 0;
};

export const noteStatement: NodeCommand<'share statement'> = async (
  { positionals: [statement = ''] },
  client,
  terminal,
) => {
  await client.readStatement({ body: { statement } });
  await write(terminal.stdout, 'noted\n');
  return 0;
};

export const listRecipients: NodeCommand<'recipient list'> = async ({ flags }, client, terminal) => {
  const answer = await client.listRecipients();
  if (flags.json) await write(terminal.stdout, jsonText(answer));
  else {
    const head = ['KEY', 'NAME', 'SECTOR', 'COUNTRY', 'GROUPS', 'TOKEN'];
    const cells = answer.rows.map((row) => [
      row.key,
      row.name,
      row.sector,
      row.country,
      row.groups.join(' '),
      row.tokenId ?? '',
    ]);
    await write(terminal.stdout, tableText(head, cells));
    const groups = answer.groups.map(({ id, name, members }) => [id, name, members.join(' ')]);
    if (groups.length > 0) await write(terminal.stdout, `\n${tableText(['GROUP', 'NAME', 'MEMBERS'], groups)}`);
  }
  return 0;
};

export const addRecipient: NodeCommand<'recipient add'> = async (
  { flags, positionals: [key = ''] },
  client,
  terminal,
) => {
  const { name = key, sector, country, token: tokenId } = flags;
  const saved = await client.saveRecipient({ body: { key, name, sector, country, tokenId } });
  await write(terminal.stdout, flags.json ? jsonText(saved) : `${plain(saved.key)} saved\n`);
  return 0;
};

export const removeRecipient: NodeCommand<'recipient remove'> = async (
  { positionals: [id = ''] },
  client,
  terminal,
) => {
  await client.removeRecipient({ params: { id } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

export const setGroup: NodeCommand<'recipient group'> = async ({ flags, positionals }, client, terminal) => {
  const [id = '', ...members] = positionals;
  if (flags.remove) {
    if (members.length > 0)
      throw new ComityError('ARGUMENT_INVALID', 'Cannot remove a group and name its members: leave them out');
    await client.removeRecipientGroup({ params: { id } });
    await write(terminal.stdout, 'removed\n');
    return 0;
  }
  const saved = await client.saveRecipientGroup({ body: { id, name: flags.name ?? id, members } });
  await write(terminal.stdout, `${plain(saved.id)} has ${saved.members.length} members\n`);
  return 0;
};
