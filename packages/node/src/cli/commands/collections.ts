import { ComityError, quote } from '@comity/protocol/base';
import { valueKinds } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listCollections: NodeCommand<'collection list'> = async ({ flags }, client, terminal) => {
  const answer = await client.listCollections();
  if (flags.json) await write(terminal.stdout, jsonText(answer));
  else {
    const cells = answer.rows.map((row) => [
      row.title,
      row.audience.join(' ') || 'owner alone',
      [...row.types, ...row.kinds].join(' ') || 'any',
      row.takesObjects ? 'yes' : 'no',
      row.url,
    ]);
    await write(terminal.stdout, tableText(['TITLE', 'AUDIENCE', 'HOLDS', 'TAKES', 'URL'], cells));
  }
  return 0;
};

export const addCollection: NodeCommand<'collection add'> = async (
  { flags, positionals: [title = ''] },
  client,
  terminal,
) => {
  const { id, alias, description, source } = flags;
  const kinds = flags.kind.map(kindOf);
  const takesObjects = flags['takes-objects'];
  const lists = { audience: [...flags.to], types: [...flags.type], kinds };
  const body = { id, alias, title, description, source, takesObjects, ...lists };
  const saved = await client.saveCollection({ body });
  await write(terminal.stdout, flags.json ? jsonText(saved) : `${plain(saved.title)} is at ${saved.url}\n`);
  return 0;
};

export const explainCollection: NodeCommand<'collection explain'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const answer = await client.explainCollection({ params: { id } });
  const rows = answer.rows.filter(({ recipient }) => flags.to === undefined || flags.to === recipient);
  if (flags.to !== undefined && rows.length === 0)
    throw new ComityError('NOT_FOUND', `Cannot find the recipient ${quote(flags.to)}`);
  const isGiven = ({ isInAudience, allowed }: (typeof rows)[number]): boolean => isInAudience && allowed > 0;
  if (flags.json) await write(terminal.stdout, jsonText({ ...answer, rows }));
  else {
    const lines = rows.flatMap((row) => [
      `${isGiven(row) ? 'yes' : 'no '}  ${row.recipient} (${row.name}): ${
        row.isInAudience ? `${row.allowed} of ${answer.objects}` : 'not of its audience'
      }`,
      ...(row.isInAudience ? row.reasons : []).map(
        ({ reason, objects }) => `       ${objects}: ${reason.says} [${reason.ruleId}: ${reason.citation}]`,
      ),
    ]);
    if (!answer.isWhole) lines.push(`Only the first ${answer.objects} objects were looked at`);
    await write(terminal.stdout, lines.map((line) => `${plain(line)}\n`).join(''));
  }
  return rows.some(isGiven) ? 0 : 1;
};

export const removeCollection: NodeCommand<'collection remove'> = async (
  { positionals: [id = ''] },
  client,
  terminal,
) => {
  await client.removeCollection({ params: { id } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

function kindOf(word: string): ValueKind {
  const kind = Object.keys(valueKinds).find((each) => each === word);
  if (kind !== undefined) return kind as ValueKind;
  const all = Object.keys(valueKinds).join(', ');
  throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(word)} as a kind of values: it is one of ${all}`);
}
