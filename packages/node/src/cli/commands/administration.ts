import { scopes as allScopes } from '@comity/protocol/api';
import { ComityError, quote } from '@comity/protocol/base';
import { saveAnswer } from '../answers.ts';
import { loadShortText } from '../load-secret.ts';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const backup: NodeCommand<'backup'> = async ({ positionals: [file = ''] }, client, terminal) => {
  await saveAnswer(await client.backup(), file);
  await write(terminal.stdout, `${plain(file)} written\n`);
  return 0;
};

export const signIn: NodeCommand<'sign-in'> = async (_typed, client, terminal) => {
  const { url, expiresAt } = await client.createSignIn();
  await write(terminal.stdout, `${url}\n`);
  await write(terminal.stderr, `Works once, until ${expiresAt}\n`);
  return 0;
};

export const doctor: NodeCommand<'doctor'> = async ({ flags }, client, terminal) => {
  const { checks } = await client.doctor();
  const signs = { ok: 'ok', warning: 'WARNING', failing: 'FAILING' } as const;
  const text = tableText(
    ['STATE', 'CHECK', 'WHAT'],
    checks.map((check) => [signs[check.state], check.name, check.message]),
  );
  await write(terminal.stdout, flags.json ? jsonText(checks) : text);
  return checks.some((check) => check.state === 'failing') ? 1 : 0;
};

export const createToken: NodeCommand<'token create'> = async (
  { flags, positionals: [name = ''] },
  client,
  terminal,
) => {
  const scopes = flags.scope.flatMap((scope) => parseOneOf(scope, 'scope', allScopes) ?? []);
  const expiresInDays = flags.days === undefined ? undefined : parseCount(flags.days, 'days', 1, 3650);
  const body = { name, scopes: scopes.length === 0 ? ['read' as const] : scopes, expiresInDays };
  const token = await client.createToken({ body });
  await write(terminal.stdout, flags.json ? jsonText(token) : `${token.secret}\n`);
  if (!flags.json)
    await write(terminal.stderr, `${token.id} may ${token.scopes.join(', ')}. The secret is not shown again.\n`);
  return 0;
};

export const listTokens: NodeCommand<'token list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listTokens();
  const cells = rows.map((row) => [
    row.id,
    row.name,
    row.scopes.join(' '),
    row.madeBy,
    row.createdAt,
    row.expiresAt ?? 'never',
    row.lastUsedAt ?? 'never',
    row.certificates.map(({ sha256 }) => sha256).join(' ') || (row.needsCertificate ? 'needs one' : 'none'),
  ]);
  const head = ['ID', 'NAME', 'SCOPES', 'MADE BY', 'CREATED', 'ENDS', 'LAST USED', 'CERTIFICATES'];
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(head, cells));
  return 0;
};

export const bindToken: NodeCommand<'token bind'> = async (
  { flags, positionals: [id = '', file = ''] },
  client,
  terminal,
) => {
  const certificate = await loadShortText(file);
  if (certificate.includes('PRIVATE KEY-----'))
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot bind ${quote(file)}: it holds a private key; give the certificate alone`,
    );
  const secret = parseOneOf(flags.secret, 'secret', ['enough', 'not-enough'] as const);
  const isSecretEnough = secret === undefined ? undefined : secret === 'enough';
  const token = await client.bindCertificate({ params: { id }, body: { certificate, isSecretEnough } });
  const way = token.needsCertificate ? 'its secret alone signs in nobody' : 'its secret goes on working';
  const [bound] = token.certificates;
  await write(terminal.stdout, `${bound?.sha256 ?? ''} stands for ${plain(token.name)}; ${way}\n`);
  return 0;
};

export const unbindToken: NodeCommand<'token unbind'> = async (
  { positionals: [id = '', sha256 = ''] },
  client,
  terminal,
) => {
  await client.unbindCertificate({ params: { id, sha256 } });
  await write(terminal.stdout, 'unbound\n');
  return 0;
};

export const deleteToken: NodeCommand<'token delete'> = async ({ positionals: [id = ''] }, client, terminal) => {
  await client.deleteToken({ params: { id } });
  await write(terminal.stdout, 'withdrawn\n');
  return 0;
};
