import { resolve } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import type { RecordSourceView } from '@comity/protocol/api';
import { parseOneOf } from '../numbers.ts';
import { jsonText, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

const kinds = ['file', 'folder', 'syslog-udp', 'syslog-tcp', 'http'] as const;

export const addSource: NodeCommand<'source add'> = async ({ flags, positionals }, client, terminal) => {
  const kind = parseOneOf(positionals[0], 'KIND', kinds) ?? 'file';
  const typed = positionals[1] ?? '';
  if (typed === '' && kind !== 'http') {
    throw new ComityError('ARGUMENT_INVALID', `Cannot run source add ${kind}: LOCATION is missing`, {
      details: { hint: 'comity source add --help' },
    });
  }
  // The node may run in another folder than this command.
  const location = kind === 'file' || kind === 'folder' ? resolve(typed) : typed;
  const source = await client.addSource({
    body: {
      kind,
      location,
      name: flags.name,
      format: flags.format,
      from: parseOneOf(flags.from, 'from', ['start', 'end'] as const),
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(source) : sourcesText([source]));
  return 0;
};

export const listSources: NodeCommand<'source list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listSources();
  await write(terminal.stdout, flags.json ? jsonText(rows) : sourcesText(rows));
  return 0;
};

function sourcesText(rows: readonly RecordSourceView[]): string {
  return tableText(
    ['STATUS', 'KIND', 'RECORDS', 'MATCHES', 'BYTES', 'NAME', 'LOCATION', 'ID', 'ERROR'],
    rows.map((row) => [
      row.status,
      row.kind,
      row.records,
      row.matches,
      row.bytes,
      row.name,
      row.location,
      row.id,
      row.lastError ?? '',
    ]),
  );
}
