import { ComityError } from '@comity/protocol/base';
import type { ActOfObjectView, ErasureView, ExchangeActView, LedgerActView } from '@comity/protocol/api';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const showAct: NodeCommand<'ledger act'> = async ({ flags, positionals: [text = ''] }, client, terminal) => {
  const act = await client.showExchangeAct({ params: { index: parseIndex(text) } });
  await write(terminal.stdout, flags.json ? jsonText(act) : actText(act));
  return act.holds === undefined || Object.values(act.holds).every(Boolean) ? 0 : 1;
};

export const listActs: NodeCommand<'ledger acts'> = async ({ flags, positionals: [id] }, client, terminal) => {
  const limit = parseCount(flags.limit, 'limit', 1, 500);
  const { rows } = await (id === undefined
    ? client.listLedgerActs({ query: { limit } })
    : client.listActsOfObject({ params: { id } }));
  const cells = rows.map((row) => [row.index, row.at ?? '', whatOf(row), row.name ?? '', row.member ?? '']);
  await write(
    terminal.stdout,
    flags.json ? jsonText(rows) : tableText(['ENTRY', 'HOUR', 'WHAT', 'MEMBER', 'ID'], cells),
  );
  return rows.length === 0 ? 1 : 0;
};

function whatOf(row: ActOfObjectView | LedgerActView): string {
  if ('isErased' in row && row.isErased) return 'erased';
  return row.direction ?? ('type' in row ? row.type : '');
}

export const eraseAct: NodeCommand<'ledger erase'> = async ({ flags, positionals: [text = ''] }, client, terminal) => {
  const index = parseIndex(text);
  const done = await client.eraseExchangeAct({ params: { index }, body: { reason: parseErasureReason(flags.reason) } });
  await write(terminal.stdout, flags.json ? jsonText(done) : erasureText(done));
  return 0;
};

export const eraseObject: NodeCommand<'share erase'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  const done = await client.eraseObject({ params: { id }, body: { reason: parseErasureReason(flags.reason) } });
  const { erased = 0, waiting = 0 } = done.acts ?? {};
  const acts = done.acts === undefined ? '' : `${erased} acts of the ledger erased, ${waiting} wait for a receipt\n`;
  await write(terminal.stdout, flags.json ? jsonText(done) : `${erasureText(done)}${acts}`);
  return 0;
};

const reasons = ['personal-data', 'order', 'contract', 'mistake'] as const;

/** Why something is erased: to be said, since it stands in the ledger for ever. */
function parseErasureReason(text: string | undefined): (typeof reasons)[number] {
  if (text !== undefined) return parseOneOf(text, 'reason', reasons);
  throw new ComityError('ARGUMENT_INVALID', `Cannot erase without --reason: one of ${reasons.join(', ')}`);
}

/** What became of the wish to erase something, for people. */
function erasureText({ state, reason, approvals }: ErasureView): string {
  return state === 'proposed'
    ? `proposed: another who has the right asks for the same, with --reason ${reason}\n`
    : `erased (${reason}), decided by ${approvals}\n`;
}

function parseIndex(text: string): number {
  return parseCount(text, 'INDEX', 0, Number.MAX_SAFE_INTEGER);
}

function actText(act: ExchangeActView): string {
  const { ledger, index, at, direction, member = '', name = '', holds, payloads, objects, erased, due, proof } = act;
  const lines = [`entry ${index} of ${ledger}, ${at}, ${proof === undefined ? 'not published yet' : 'published'}`];
  if (erased !== undefined) {
    const where = erased.index === undefined ? '' : `; entry ${erased.index} says so`;
    lines.push(`erased at ${erased.at} (${erased.reason}), decided by ${erased.approvals}${where}`);
  } else if (direction === undefined || holds === undefined || payloads === undefined) {
    lines.push('what opens it was not kept: it was made by an earlier version');
  } else {
    const { lawHash, rules } = payloads.decision;
    lines.push(`${direction} ${direction === 'sent' ? 'to' : 'from'} ${name} (${member})`);
    lines.push(`law ${lawHash}${rules.length === 0 ? '' : `, rules ${rules.join(', ')}`}`);
    lines.push(
      `opens: ${Object.entries(holds)
        .map(([part, isOpen]) => `${part} ${isOpen ? 'yes' : 'NO'}`)
        .join(', ')}`,
    );
  }
  if (due) lines.push('it is erased as soon as its receipt is there');
  const cells = objects.map(({ id, version }) => [id, version ?? 'ended']);
  return (
    lines.map((line) => `${plain(line)}\n`).join('') +
    (cells.length === 0 ? '' : tableText(['OBJECT', 'VERSION'], cells))
  );
}
