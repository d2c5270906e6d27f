import { roleNames, scopes } from '@comity/protocol/api';
import type { Command } from './flag-shape.ts';
import { allowPrivate, data, json } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;
const name = { name: 'NAME' } as const;
const role = { name: 'ROLE', choices: roleNames } as const;
const hours = { name: 'hours', value: 'HOURS', default: '72', help: 'How long the link works, 1 to 720' } as const;

/** Commands on who may do what with the node, and on who did what. */
export const accessCommands = [
  command({
    name: 'account list',
    summary: 'List who may sign in, and as what',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'account invite',
    summary: 'Make an account and print the link that signs it in, once',
    details:
      'NAME is for ever: small letters, digits and . _ @ + - in it. A viewer looks; an analyst brings intelligence and records ' +
      'in; a releaser also lets held-back values through; an officer says who may have what and reads the audit trail; an ' +
      'administrator does everything.',
    positionals: [name, role],
    flags: [data, hours, json],
  }),
  command({
    name: 'account link',
    summary: 'Print a new link that signs an account in, once, for who lost theirs',
    positionals: [name],
    flags: [data, hours],
  }),
  command({
    name: 'account role',
    summary: 'Give an account another role; it holds at once',
    positionals: [name, role],
    flags: [data],
  }),
  command({
    name: 'account disable',
    summary: 'Disable an account: its sessions and links end, its tokens stop',
    positionals: [name],
    flags: [data],
  }),
  command({
    name: 'account enable',
    summary: 'Enable a disabled account; it needs a passkey or a new link to sign in',
    positionals: [name],
    flags: [data],
  }),
  command({
    name: 'identity show',
    summary: 'Show the identity provider people sign in by, and what to enter there',
    details: 'Exit 1 when none is set up.',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'identity set',
    summary: 'Set up the identity provider (OpenID Connect), or change it',
    details:
      'ISSUER is the URL it calls itself by, CLIENT-ID what it knows this node as. What is not given is as by default, ' +
      'except the secret: for the same issuer and client the one there is stays. Sessions go on.',
    positionals: [{ name: 'ISSUER' }, { name: 'CLIENT-ID' }],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'What people call it (default: its host)' },
      {
        name: 'secret-file',
        value: 'FILE',
        completes: 'file',
        help: 'File with the secret of the client; kept sealed',
      },
      { name: 'scope', value: 'SCOPE', many: true, help: 'Asked for beside openid (default profile)' },
      {
        name: 'name-claim',
        value: 'CLAIM',
        default: 'preferred_username',
        help: 'Claim that names a new account',
      },
      {
        name: 'role-claim',
        value: 'CLAIM',
        default: 'roles',
        help: 'Claim that tells roles, or a path: realm_access.roles',
      },
      {
        name: 'role',
        value: 'VALUE=ROLE',
        many: true,
        help: 'What a value of that claim makes somebody; the first that fits counts',
      },
      {
        name: 'others',
        value: 'WHAT',
        choices: ['refused', 'viewer'],
        default: 'refused',
        help: 'What somebody is of whom no value is mapped',
      },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'identity remove',
    summary: 'Let nobody sign in by the identity provider any more; accounts stay, sessions go on',
    positionals: [],
    flags: [data],
  }),
  command({
    name: 'token create',
    summary: 'Make an API token; its secret is printed this once',
    positionals: [{ name: 'NAME' }],
    flags: [
      data,
      { name: 'scope', value: 'SCOPE', many: true, choices: scopes, help: 'What it may do (default read)' },
      { name: 'days', value: 'DAYS', help: 'How long it works, 1 to 3650 (default: for ever)' },
      json,
    ],
  }),
  command({
    name: 'token list',
    summary: 'List API tokens without their secrets',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'token bind',
    summary: 'Let a client certificate stand for an API token',
    details:
      'Whoever shows the certificate over TLS (comity start --tls-cert) is the token, without its secret. A token may have ' +
      'several, to change from one to the next. It is told by its digest alone: who issued it does not matter.',
    positionals: [{ name: 'ID' }, { name: 'CERT.pem', completes: 'file' }],
    flags: [
      data,
      {
        name: 'secret',
        value: 'WHAT',
        choices: ['enough', 'not-enough'],
        help: 'Whether the secret goes on working without a certificate (default: as it was; at first it does)',
      },
    ],
  }),
  command({
    name: 'token unbind',
    summary: 'Let a client certificate stand for an API token no more',
    positionals: [{ name: 'ID' }, { name: 'SHA256' }],
    flags: [data],
  }),
  command({ name: 'token delete', summary: 'Withdraw an API token', positionals: [{ name: 'ID' }], flags: [data] }),
  command({
    name: 'audit',
    summary: 'Print who did what, newest first',
    details:
      'With --json every row that fits is printed, oldest first, one JSON object a line with the hash that chains it to the row ' +
      'before; comity doctor checks the chain.',
    positionals: [],
    flags: [
      data,
      { name: 'act', value: 'ACT', help: 'Only this: sign-in, law.activated, … (docs/reference/api.md lists them)' },
      { name: 'by', value: 'NAME', help: 'Only what this account answers for' },
      { name: 'about', value: 'WHAT', help: 'Only what was done to this, named whole' },
      { name: 'limit', value: 'COUNT', default: '50', help: 'Most rows printed, 1 to 500; not with --json' },
      json,
    ],
  }),
] as const;
