import { ComityError } from '@comity/protocol/base';
import type { LookupAnswerView } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { loadValues } from '../load-values.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

/** Values of one request. */
const valuesPerRequest = 1000;

export const lookupValues: NodeCommand<'lookup'> = async ({ flags, positionals }, client, terminal) => {
  if (flags.member === undefined) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot look up without --member: whom to ask', {
      details: { hint: 'comity recipient list shows members' },
    });
  }
  const member = flags.member.includes(':') ? flags.member : `member:${flags.member}`;
  const values: string[] = [];
  for (const word of positionals) values.push(...(await loadValues(word, terminal.stdin)));
  let isKnown = false;
  for (let from = 0; from < values.length; from += valuesPerRequest) {
    const answer = await askMember(client, member, values.slice(from, from + valuesPerRequest));
    isKnown ||= answer.values.some(({ outcome }) => outcome === 'here' || outcome === 'there');
    await write(terminal.stdout, flags.json ? jsonText(answer) : answerText(answer));
  }
  return isKnown ? 0 : 1;
};

/** Exit 1 says that nobody knows a value: no member under that name is an error. */
async function askMember(client: Client, member: string, values: readonly string[]): Promise<LookupAnswerView> {
  try {
    return await client.askMember({ body: { member, values: [...values] } });
  } catch (cause) {
    if (!(cause instanceof ComityError) || cause.code !== 'NOT_FOUND') throw cause;
    throw new ComityError('ARGUMENT_INVALID', cause.message, { cause });
  }
}

export const listLookupOffers: NodeCommand<'lookup offers'> = async ({ flags }, client, terminal) => {
  const { rows, epoch, key, until } = await client.listLookups();
  if (flags.json) {
    await write(terminal.stdout, jsonText({ epoch, key, until, rows }));
    return 0;
  }
  const table = tableText(
    ['MEMBER', 'VALUES', 'WITHHELD', 'ASKED TODAY', 'THIS EPOCH', 'REFUSED', 'BUILT', 'WHY WITHHELD'],
    rows.map((row) => [
      row.recipient,
      row.values,
      row.withheld,
      row.askedToday,
      row.askedInEpoch,
      row.refused,
      row.builtAt,
      row.withheldBy.map(({ rule, count }) => `${count} ${rule}`).join(', '),
    ]),
  );
  await write(terminal.stdout, key === undefined ? table : `${table}Epoch ${epoch}, until ${until}, key ${key}\n`);
  return 0;
};

const words = { here: 'known here', there: 'known there', none: 'not known', unreadable: 'no value' } as const;

function answerText(answer: LookupAnswerView): string {
  const table = tableText(
    ['VALUE', 'ANSWER', 'AS', 'NAME', 'LABELS', 'TLP', 'UNTIL', 'OBJECTS', 'ID'],
    answer.values.map(({ text, outcome, listed, record }) => [
      text,
      record?.decides === false ? `${words[outcome]}, as part of a pattern` : words[outcome],
      listed?.value ?? '',
      record?.name ?? '',
      record?.labels.join(', ') ?? '',
      record?.tlp ?? '',
      record?.validUntil ?? '',
      record?.objects ?? '',
      record?.id ?? '',
    ]),
  );
  return `${table}${plain(leakText(answer))}\n`;
}

/** What the member learnt, in words. */
function leakText({ member, leak, askedAt, key }: LookupAnswerView): string {
  if (!leak.wasAsked) return `${member} was not asked and learnt nothing.`;
  const count =
    leak.evaluated === 0
      ? 'no value was evaluated anew'
      : `it evaluated ${leak.evaluated} value${leak.evaluated === 1 ? '' : 's'} without seeing ${leak.evaluated === 1 ? 'it' : 'them'}`;
  const records = {
    none: 'no record was fetched, so it may guess that it knows none of them, or that you had its records',
    all: 'all its records were fetched, so it cannot tell which of them you wanted, only that you may have found something',
    some: `records of ${leak.buckets} of ${leak.bucketsOf} buckets were fetched, each of about ${leak.recordsPerBucket} and half of them or more only to hide the others`,
  }[leak.records];
  const trust =
    key === 'committed'
      ? 'It answered with the key it has published.'
      : 'It answered with the key it used before or first; it has published none.';
  return `${member} learnt that you asked, at ${askedAt}; ${count}; ${records}. ${trust}`;
}
