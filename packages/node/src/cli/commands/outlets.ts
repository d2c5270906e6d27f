import { readFileSync } from 'node:fs';
import { ComityError, quote } from '@comity/protocol/base';
import { matchForms, outletKinds } from '@comity/protocol/api';
import type { OutletView } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { fileError } from '../file-error.ts';
import { parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listOutlets: NodeCommand<'outlet list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listOutlets();
  await write(terminal.stdout, flags.json ? jsonText(rows) : outletsText(rows));
  return 0;
};

export const addOutlet: NodeCommand<'outlet add'> = async ({ flags, positionals }, client, terminal) => {
  const [, address = ''] = positionals;
  if (flags.to === undefined) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot add an outlet without --to: whom the matches are for', {
      details: { hint: 'comity recipient add organisation:soc --name "Our SOC", then --to organisation:soc' },
    });
  }
  const { outlet, signingKey } = await client.saveOutlet({
    body: {
      id: flags.id,
      name: flags.name ?? hostOf(address),
      kind: parseOneOf(positionals[0], 'KIND', outletKinds) ?? 'webhook',
      address,
      form: parseOneOf(flags.form, 'form', matchForms),
      recipient: flags.to,
      alarmsOnly: !flags.all,
      allowPrivate: flags['allow-private'],
      enabled: !flags.paused,
      from: parseOneOf(flags.from, 'from', ['now', 'start'] as const),
      authorization: firstLineOf(flags['authorization-file']),
      signingKey: firstLineOf(flags['signing-key-file']),
      ca: flags['ca-file'] === undefined ? undefined : readText(flags['ca-file']),
    },
  });
  if (flags.json)
    await write(terminal.stdout, jsonText({ ...outlet, ...(signingKey !== undefined && { signingKey }) }));
  else {
    await write(terminal.stdout, outletsText([outlet]));
    if (signingKey !== undefined) await write(terminal.stdout, `signing key, shown this once: ${signingKey}\n`);
  }
  return 0;
};

export const testOutlet: NodeCommand<'outlet test'> = async ({ positionals: [name = ''] }, client, terminal) => {
  const { sent, reason = '' } = await client.testOutlet({ params: { id: await idOf(name, client) } });
  await write(terminal.stdout, sent ? 'sent\n' : `not sent: ${plain(reason)}\n`);
  return sent ? 0 : 1;
};

export const removeOutlet: NodeCommand<'outlet remove'> = async ({ positionals: [name = ''] }, client, terminal) => {
  await client.removeOutlet({ params: { id: await idOf(name, client) } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

async function idOf(name: string, client: Client): Promise<string> {
  const { rows } = await client.listOutlets();
  const found = rows.find(({ id }) => id === name) ?? rows.find((row) => row.name === name);
  if (found === undefined) throw new ComityError('NOT_FOUND', `Cannot find the outlet ${quote(name)}`);
  return found.id;
}

/** Without what may be secret in it. */
function hostOf(address: string): string {
  return URL.parse(address)?.host || 'outlet';
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fileError('read', file, cause);
  }
}

function firstLineOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readText(file).split(/\r?\n/, 1)[0];
}

function outletsText(rows: readonly OutletView[]): string {
  return tableText(
    ['STATUS', 'KIND', 'FORM', 'SENT', 'WITHHELD', 'LOST', 'WAITING', 'TO', 'NAME', 'ADDRESS', 'ID', 'WHY'],
    rows.map((row) => [
      row.status,
      row.kind,
      row.form,
      row.sent,
      row.withheld,
      row.lost,
      row.waiting,
      row.recipient,
      row.name,
      row.address,
      row.id,
      row.lastError ?? row.withheldBy.map(({ rule, count }) => `${count} ${rule}`).join(', '),
    ]),
  );
}
