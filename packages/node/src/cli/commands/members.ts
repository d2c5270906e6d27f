import { ComityError } from '@comity/protocol/base';
import type { InvitationView, MemberLedgerView, MemberStepView, MemberView } from '@comity/protocol/api';
import { parseCount } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listMembers: NodeCommand<'member list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listMembers();
  await write(terminal.stdout, flags.json ? jsonText(rows) : membersText(rows));
  return 0;
};

export const inviteMember: NodeCommand<'member invite'> = async ({ flags }, client, terminal) => {
  const { text, invitation } = await client.inviteMember({
    body: {
      hint: flags.hint,
      hours: 24 * (parseCount(flags.days, 'days', 1, 90) ?? 7),
      accepts: flags.accept,
      allowPrivate: flags['allow-private'],
    },
  });
  await write(terminal.stdout, flags.json ? jsonText({ text, ...invitation }) : `${text}\n`);
  return 0;
};

export const listInvitations: NodeCommand<'member invitations'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listInvitations();
  await write(terminal.stdout, flags.json ? jsonText(rows) : invitationsText(rows));
  return 0;
};

export const withdrawInvitation: NodeCommand<'member uninvite'> = async (
  { positionals: [id = ''] },
  client,
  terminal,
) => {
  await client.withdrawInvitation({ params: { id } });
  await write(terminal.stdout, 'withdrawn\n');
  return 0;
};

const invitationCharsMax = 4000;

export const joinMember: NodeCommand<'member join'> = async ({ flags, positionals: [text = ''] }, client, terminal) => {
  const invitation = text === '-' ? await firstChars(terminal.stdin) : text;
  const body = { invitation, allowPrivate: flags['allow-private'] };
  if (flags.look) {
    const giver = await client.showGiver({ body });
    await write(terminal.stdout, flags.json ? jsonText(giver) : sayingText(giver));
    return 0;
  }
  const member = await client.joinMember({ body });
  const end = member.state === 'joined' ? 'joined\n' : 'asked: joined when they say yes\n';
  await write(terminal.stdout, flags.json ? jsonText(member) : `${sayingText(member)}${end}`);
  return 0;
};

async function firstChars(stdin: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > invitationCharsMax)
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read the invitation: more than ${invitationCharsMax} characters`,
      );
  }
  return text;
}

export const acceptMember: NodeCommand<'member accept'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const member = await client.acceptMember({
    params: { id },
    body: { handle: flags.as, allowPrivate: flags['allow-private'] },
  });
  const told = member.lastError === undefined ? '' : `it could not be told yet: ${plain(member.lastError)}\n`;
  await write(terminal.stdout, flags.json ? jsonText(member) : `member:${member.handle} is joined\n${told}`);
  return 0;
};

export const pingMember: NodeCommand<'member ping'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  const answer = await client.pingMember({ params: { id }, query: { refresh: flags.refresh ? 'true' : 'false' } });
  const { member, answerMs } = answer;
  const text = `${member.handle} (${member.shortId}) answered and signed in ${answerMs} ms\n`;
  await write(terminal.stdout, flags.json ? jsonText(answer) : text);
  return 0;
};

export const showHistory: NodeCommand<'member history'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const { rows } = await client.listMemberSteps({ params: { id } });
  const keysText = (keys: MemberStepView['keys']): string =>
    keys.map((key) => `${key.role} ${key.id.slice(0, 12)}`).join(', ');
  const cells = rows.map(({ sequence, step, issuedAt, keys }) => [sequence, step, issuedAt, keysText(keys)]);
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(['NUMBER', 'STEP', 'ISSUED', 'KEYS'], cells));
  return 0;
};

export const showMemberLedger: NodeCommand<'member ledger'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const { ledger } = await client.showMemberLedger({ params: { id } });
  await write(terminal.stdout, flags.json ? jsonText(ledger ?? {}) : memberLedgerText(ledger));
  return ledger !== undefined && ledger.isTrusted && ledger.alarms.length === 0 ? 0 : 1;
};

function memberLedgerText(ledger: MemberLedgerView | undefined): string {
  if (ledger === undefined) return 'it names no ledger\n';
  const { origin, checked, isFresh, isTrusted, alarms } = ledger;
  const lines = [
    origin,
    checked === undefined
      ? 'no checkpoint was seen'
      : `${checked.size} entries, shown to be one history, seen at ${checked.seenAt}`,
    ...(checked?.cosignatures ?? []).map(({ name, at }) => `cosigned by ${name} at ${at}`),
    isFresh ? 'fresh' : 'not fresh: nobody known cosigned it within twenty minutes',
    ...(isTrusted ? [] : ['it told two stories: comity share evidence']),
    ...alarms.map(({ kind, reason, since }) => `${kind} since ${since}: ${reason}`),
  ];
  return lines.map((line) => `${plain(line)}\n`).join('');
}

export const suspendMember: NodeCommand<'member suspend'> = async ({ positionals: [id = ''] }, client, terminal) => {
  const { handle } = await client.alterMember({ params: { id }, body: { suspended: true } });
  await write(terminal.stdout, `${handle} is suspended\n`);
  return 0;
};

export const resumeMember: NodeCommand<'member resume'> = async ({ positionals: [id = ''] }, client, terminal) => {
  const { handle } = await client.alterMember({ params: { id }, body: { suspended: false } });
  await write(terminal.stdout, `${handle} is joined\n`);
  return 0;
};

export const removeMember: NodeCommand<'member remove'> = async ({ positionals: [id = ''] }, client, terminal) => {
  await client.removeMember({ params: { id } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

/** What a member says of itself, as lines of a name and a value. */
export function sayingText(
  member: Pick<
    MemberView,
    'id' | 'shortId' | 'name' | 'country' | 'sectors' | 'url' | 'contacts' | 'sequence' | 'expiresAt'
  >,
): string {
  const { shortId, id, name, country, sectors, url, contacts, sequence, expiresAt } = member;
  const rows = [
    ['name', name],
    ['id', `${shortId}  (${id})`],
    ['country', country],
    ['sectors', sectors.join(', ')],
    ['url', url],
    ...contacts.map(({ role, email, phone }) => [role, [email, phone].filter((each) => each !== undefined).join(', ')]),
    ['description', `${sequence}, until ${expiresAt}`],
  ];
  return rows.map(([title = '', value]) => (value ? `${title.padEnd(12)}  ${plain(value)}\n` : '')).join('');
}

function membersText(rows: readonly MemberView[]): string {
  return tableText(
    ['STATE', 'HANDLE', 'NAME', 'ID', 'COUNTRY', 'SEEN', 'URL', 'ERROR'],
    rows.map((row) => [
      row.isFrozen ? 'frozen' : row.state,
      row.handle,
      row.name,
      row.shortId,
      row.country ?? '',
      row.seenAt ?? 'never',
      row.url,
      row.lastError ?? '',
    ]),
  );
}

function invitationsText(rows: readonly InvitationView[]): string {
  return tableText(
    ['ID', 'FOR', 'UNTIL', 'JOINS AT ONCE', 'TAKEN UP BY'],
    rows.map(({ id, hint, until, accepts, usedBy }) => [id, hint, until, accepts ? 'yes' : 'no', usedBy ?? '']),
  );
}
