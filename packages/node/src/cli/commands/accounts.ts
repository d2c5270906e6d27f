import { auditActs, roleNames } from '@comity/protocol/api';
import type { AuditAct } from '@comity/protocol/api';
import { bodyOf } from '../answers.ts';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listAccounts: NodeCommand<'account list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listAccounts();
  const cells = rows.map((row) => [
    row.name,
    row.role,
    row.state,
    row.lastSignInAt ?? 'never',
    row.passkeys,
    row.sessions,
  ]);
  const head = ['NAME', 'ROLE', 'STATE', 'LAST SIGN-IN', 'PASSKEYS', 'SESSIONS'];
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(head, cells));
  return 0;
};

export const inviteAccount: NodeCommand<'account invite'> = async (
  { flags, positionals: [name = '', role = ''] },
  client,
  terminal,
) => {
  const body = { name, role: parseOneOf(role, 'ROLE', roleNames), expiresInHours: parseHours(flags.hours) };
  const invited = await client.inviteAccount({ body });
  if (flags.json) await write(terminal.stdout, jsonText(invited));
  else await printLink(invited, terminal);
  return 0;
};

export const linkAccount: NodeCommand<'account link'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  const body = { expiresInHours: parseHours(flags.hours) };
  await printLink(await client.renewAccountLink({ params: { id }, body }), terminal);
  return 0;
};

export const changeRole: NodeCommand<'account role'> = async (
  { positionals: [id = '', role = ''] },
  client,
  terminal,
) => {
  const changed = await client.changeAccount({
    params: { id },
    body: { role: parseOneOf(role, 'ROLE', roleNames) },
  });
  await write(terminal.stdout, `${changed.name} is ${changed.role}\n`);
  return 0;
};

export const disableAccount: NodeCommand<'account disable'> = async ({ positionals: [id = ''] }, client, terminal) => {
  const { name } = await client.changeAccount({ params: { id }, body: { isDisabled: true } });
  await write(terminal.stdout, `${name} is disabled\n`);
  return 0;
};

export const enableAccount: NodeCommand<'account enable'> = async ({ positionals: [id = ''] }, client, terminal) => {
  const { name } = await client.changeAccount({ params: { id }, body: { isDisabled: false } });
  await write(terminal.stdout, `${name} is enabled\n`);
  return 0;
};

export const showAudit: NodeCommand<'audit'> = async ({ flags }, client, terminal) => {
  const act = parseOneOf(flags.act, 'act', Object.keys(auditActs) as AuditAct[]);
  const filter = { act, by: flags.by, about: flags.about };
  if (flags.json) {
    const lines = bodyOf(await client.exportAudit({ query: filter })).setEncoding('utf8');
    for await (const text of lines) await write(terminal.stdout, String(text));
    return 0;
  }
  const limit = parseCount(flags.limit, 'limit', 1, 500);
  const { rows } = await client.listAudit({ query: { ...filter, limit } });
  const cells = rows.map(({ number, at, act: done, by, via, about, details }) => [
    number,
    at,
    done,
    by,
    via,
    about,
    Object.entries(details)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  await write(terminal.stdout, tableText(['NUMBER', 'AT', 'WHAT', 'BY', 'VIA', 'ABOUT', 'MORE'], cells));
  return rows.length > 0 ? 0 : 1;
};

async function printLink(
  { url, expiresAt }: { readonly url: string; readonly expiresAt: string },
  terminal: Terminal,
): Promise<void> {
  await write(terminal.stdout, `${plain(url)}\n`);
  await write(terminal.stderr, `Signs in once, until ${expiresAt}. It is not shown again.\n`);
}

function parseHours(text: string): number {
  return parseCount(text, 'hours', 1, 720);
}
