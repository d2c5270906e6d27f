import { ComityError } from '@comity/protocol/base';
import type { LedgerStateView } from '@comity/protocol/api';
import { saveAnswer } from '../answers.ts';
import { parseCount } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const showLedger: NodeCommand<'ledger'> = async ({ flags }, client, terminal) => {
  const state = await client.showLedger();
  await write(terminal.stdout, flags.json ? jsonText(state) : stateText(state));
  return state.alarms.length === 0 ? 0 : 1;
};

export const checkLedger: NodeCommand<'ledger fsck'> = async ({ flags }, client, terminal) => {
  const { entries, faults } = await client.checkLedger();
  const lines = faults.map(({ path, reason }) => `${plain(path)}: ${plain(reason)}\n`);
  const text = [...lines, `${entries} entries, ${faults.length === 0 ? 'sound' : `${faults.length} faults`}\n`].join(
    '',
  );
  await write(terminal.stdout, flags.json ? jsonText({ entries, faults }) : text);
  return faults.length === 0 ? 0 : 1;
};

export const proveEntry: NodeCommand<'ledger proof'> = async (
  { flags, positionals: [text = ''] },
  client,
  terminal,
) => {
  const index = parseCount(text, 'INDEX', 0, Number.MAX_SAFE_INTEGER);
  const { proof } = await client.getLedgerProof({ params: { index } });
  if (flags.out === undefined) await write(terminal.stdout, proof);
  else await saveAnswer(new Response(proof), flags.out);
  if (flags.entry !== undefined) {
    const { entry } = await client.getLedgerEntry({ params: { index } });
    await saveAnswer(new Response(Buffer.from(entry, 'base64')), flags.entry);
  }
  return 0;
};

export const printLedgerPolicy: NodeCommand<'ledger policy'> = async ({ flags }, client, terminal) => {
  const { policy } = await client.getLedgerPolicy({ query: { at: flags.at } });
  await write(terminal.stdout, policy);
  return 0;
};

export const rotateLedger: NodeCommand<'ledger rotate'> = async ({ flags }, client, terminal) => {
  const state = await (flags.finish ? client.retireLedgerKeys() : client.rotateLedgerKeys());
  await write(terminal.stdout, flags.json ? jsonText(state) : state.keys.map((key) => `${plain(key)}\n`).join(''));
  return 0;
};

export const restartLedger: NodeCommand<'ledger restart'> = async ({ flags }, client, terminal) => {
  const state = await client.restartLedger();
  await write(terminal.stdout, flags.json ? jsonText(state) : stateText(state));
  return 0;
};

export const listWitnesses: NodeCommand<'witness list'> = async ({ flags }, client, terminal) => {
  const { witnesses } = await client.showLedger();
  await write(terminal.stdout, flags.json ? jsonText(witnesses) : witnessesText(witnesses));
  return 0;
};

export const addWitness: NodeCommand<'witness add'> = async (
  { flags, positionals: [name = '', url = ''] },
  client,
  terminal,
) => {
  if (flags.key.length === 0) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot add a witness without --key: its own verifier key', {
      details: { hint: 'Whoever runs the witness reads it with: comity ledger --json' },
    });
  }
  const { witnesses } = await client.addLedgerWitness({
    body: {
      name,
      url,
      monitoringUrl: flags['monitoring-url'],
      keys: [...flags.key],
      allowPrivate: flags['allow-private'],
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(witnesses) : witnessesText(witnesses));
  return 0;
};

export const removeWitness: NodeCommand<'witness remove'> = async ({ positionals: [id = ''] }, client, terminal) => {
  await client.removeLedgerWitness({ params: { id } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

export const setQuorum: NodeCommand<'witness quorum'> = async ({ positionals: [text = ''] }, client, terminal) => {
  const quorum = text === 'auto' ? undefined : parseCount(text, 'COUNT', 0, 64);
  const state = await client.setLedgerQuorum({ body: { quorum } });
  await write(terminal.stdout, `${state.quorum} of ${state.witnesses.length} witnesses must cosign\n`);
  return 0;
};

function stateText({ logs, waiting, quorum, witnesses, alarms }: LedgerStateView): string {
  const rows = logs.map(({ origin, size, published, frozen }) => [
    frozen === undefined ? 'open' : 'frozen',
    size,
    published?.size ?? 0,
    published?.at ?? 'never',
    origin,
  ]);
  const parts = [
    tableText(['STATE', 'ENTRIES', 'PUBLISHED', 'AT', 'NAME'], rows),
    `${waiting} acts wait; ${quorum} of ${witnesses.length} witnesses must cosign\n`,
    ...(witnesses.length === 0 ? [] : [witnessesText(witnesses)]),
    ...(alarms.length === 0
      ? []
      : [
          tableText(
            ['ALARM', 'SINCE', 'ABOUT', 'WHY'],
            alarms.map((alarm) => [alarm.kind, alarm.since, alarm.about, alarm.reason]),
          ),
        ]),
  ];
  return parts.join('\n');
}

function witnessesText(rows: LedgerStateView['witnesses']): string {
  return tableText(
    ['STATE', 'COSIGNED', 'LAST ASKED', 'NAME', 'URL', 'IT SAID'],
    rows.map(({ name, url, last }) => [
      last === undefined ? 'new' : last.good ? 'ok' : 'failing',
      last?.size ?? 0,
      last?.at ?? 'never',
      name,
      url,
      last?.reason ?? '',
    ]),
  );
}
