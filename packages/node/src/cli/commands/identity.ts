import { ComityError, quote } from '@comity/protocol/base';
import { roleNames } from '@comity/protocol/api';
import type { IdentityProviderView } from '@comity/protocol/api';
import { loadSecret } from '../load-secret.ts';
import { parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const showIdentity: NodeCommand<'identity show'> = async ({ flags }, client, terminal) => {
  const shown = await client.showIdentityProvider();
  if (flags.json) await write(terminal.stdout, jsonText(shown));
  else {
    if (shown.provider !== undefined) await write(terminal.stdout, providerText(shown.provider));
    await write(terminal.stderr, `To enter there as the redirect URI: ${plain(shown.redirectUri)}\n`);
  }
  return shown.provider === undefined ? 1 : 0;
};

export const setIdentity: NodeCommand<'identity set'> = async (
  { flags, positionals: [issuer = '', clientId = ''] },
  client,
  terminal,
) => {
  const provider = await client.saveIdentityProvider({
    body: {
      name: flags.name ?? URL.parse(issuer)?.hostname ?? '',
      issuer,
      clientId,
      clientSecret: await loadSecret(flags['secret-file']),
      ...(flags.scope.length > 0 && { scopes: [...flags.scope] }),
      nameClaim: flags['name-claim'],
      roleClaim: flags['role-claim'],
      roles: flags.role.map(parseMapping),
      others: parseOneOf(flags.others, 'others', ['refused', 'viewer'] as const),
      allowPrivate: flags['allow-private'],
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(provider) : providerText(provider));
  return 0;
};

export const removeIdentity: NodeCommand<'identity remove'> = async (_typed, client, terminal) => {
  await client.removeIdentityProvider();
  await write(terminal.stdout, 'Nobody signs in by the identity provider any more\n');
  return 0;
};

/** `cert-analysts=analyst`; a value may have a `=` in it itself. */
function parseMapping(text: string): IdentityProviderView['roles'][number] {
  const at = text.lastIndexOf('=');
  const role = parseOneOf(text.slice(at + 1), 'role', roleNames);
  if (at < 1 || role === undefined)
    throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(text)} as --role: it is VALUE=ROLE`);
  return { value: text.slice(0, at), role };
}

function providerText({ roles, others, scopes, ...provider }: IdentityProviderView): string {
  const rows = [
    ['name', provider.name],
    ['issuer', provider.issuer],
    ['client', provider.clientId],
    ['scopes', ['openid', ...scopes].join(' ')],
    ['name claim', provider.nameClaim],
    ['role claim', provider.roleClaim],
    ...roles.map(({ value, role }) => [role, value]),
    ['others', others],
    ['private addresses', provider.allowPrivate ? 'allowed' : 'refused'],
  ];
  return tableText(['WHAT', 'SETTING'], rows);
}
