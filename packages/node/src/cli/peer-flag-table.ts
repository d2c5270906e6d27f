import type { Command } from './flag-shape.ts';
import { data, erasureReason, json } from './shared-flags.ts';

const limit = { name: 'limit', value: 'COUNT', default: '100', help: 'At most so many, 1 to 500' } as const;
const command = <const C extends Command>(value: C): C => value;

/** Commands on what goes between members. */
export const peerCommands = [
  command({
    name: 'share peers',
    summary: 'List members that are exchanged with, and how that stands',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'share sync',
    summary: 'Put out what is new and take what members have put out, now',
    details: 'MEMBER is an id or a name; without one, all of them. Exit 2 when one cannot be reached or believed.',
    positionals: [{ name: 'MEMBER', many: true, optional: true }],
    flags: [data, json],
  }),
  command({
    name: 'share handling',
    summary: 'Say how far what goes to a member is tightened beyond what the objects say',
    details: 'What is not given stays as it is. What went out before is looked at again.',
    positionals: [{ name: 'MEMBER' }],
    flags: [
      data,
      {
        name: 'tlp',
        value: 'LABEL',
        choices: ['clear', 'green', 'amber', 'amber+strict'],
        help: 'Loosest label anything goes there under',
      },
      { name: 'hops', value: 'COUNT', help: 'How often the member may pass it on, 0 to 7' },
      { name: 'lease', value: 'DAYS', help: 'How long indicators are lent, unless renewed' },
      { name: 'report-lease', value: 'DAYS', help: 'How long reports, actors and campaigns are' },
      json,
    ],
  }),
  command({
    name: 'share quota',
    summary: 'Say how much a member may make this node read, keep and send',
    details:
      'Without a limit it shows how much was used. A day is one of UTC. What is over is not lost: it is taken the next day, or as soon as ' +
      'the quota is raised. Where items or objects are used up, what is taken back or ends still arrives.',
    positionals: [{ name: 'MEMBER' }],
    flags: [
      data,
      { name: 'items', value: 'COUNT', help: 'Items of its outbox that are taken in a day' },
      { name: 'bytes', value: 'BYTES', help: 'Bytes of its outbox that are read in a day, unpacked' },
      { name: 'objects', value: 'COUNT', help: 'Objects it may lend at one time; more are refused' },
      { name: 'sent', value: 'BYTES', help: 'Bytes of your outbox it is answered in a day' },
      json,
    ],
  }),
  command({
    name: 'share deliveries',
    summary: 'Say which members have an object from here, and what they say they did with it',
    details: 'OBJECT is a STIX id. Exit 1 when no member has it.',
    positionals: [{ name: 'OBJECT' }],
    flags: [data, json],
  }),
  command({
    name: 'share given',
    summary: 'List what is lent to members, or was, and what they say they did, the newest first',
    details: 'MEMBER is an id or a name; without one, all of them. Exit 1 when there is nothing.',
    positionals: [{ name: 'MEMBER', optional: true }],
    flags: [
      data,
      {
        name: 'state',
        value: 'STATE',
        choices: ['waiting', 'refused', 'recalled'],
        help: 'Only what waits for a receipt, was refused there, or was taken back',
      },
      limit,
      json,
    ],
  }),
  command({
    name: 'share loans',
    summary: 'List what members lend you, the newest first',
    details: 'MEMBER is an id or a name; without one, all of them. Exit 1 when there is nothing.',
    positionals: [{ name: 'MEMBER', optional: true }],
    flags: [data, limit, json],
  }),
  command({
    name: 'share recalls',
    summary: 'List the objects that were taken back last, and how many members confirmed each',
    details: 'Exit 1 when there is none.',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'share receipts',
    summary: 'Print the receipts members signed for an object, one JSON a line',
    details:
      'OBJECT is a STIX id. With the ledgers of both sides anybody can verify them: docs/guides/audit-a-ledger.md. Exit 1 when ' +
      'there is none.',
    positionals: [{ name: 'OBJECT' }],
    flags: [data],
  }),
  command({
    name: 'share recall',
    summary: 'Take an object of yours back from every member that ever had it',
    details: 'It goes out of use here too. What members did about it is in: comity share deliveries OBJECT',
    positionals: [{ name: 'OBJECT' }],
    flags: [
      data,
      {
        name: 'reason',
        value: 'WHY',
        default: 'mistake',
        choices: ['false-positive', 'mistake', 'order', 'superseded', 'contract'],
        help: 'Why; members are told',
      },
      json,
    ],
  }),
  command({
    name: 'share erase',
    summary: 'Remove all that is known of an object but its id, and all that opens the acts about it; for good',
    details:
      'What is yours is taken back first from every member that had it. No import brings it back under its id. What matched in your own ' +
      'logs stays, and so do backups and what members keep. Where another account has the right to, it is proposed first, and done once ' +
      'they ask for the same.',
    positionals: [{ name: 'OBJECT' }],
    flags: [data, erasureReason, json],
  }),
  command({
    name: 'share disagree',
    summary: 'Tell the origin of an object, and through it all who hold it, that it is a false positive',
    positionals: [{ name: 'OBJECT' }],
    flags: [data, json],
  }),
  command({
    name: 'share hold',
    summary: 'Keep an object in use whatever its origin says, because the law here wants it',
    positionals: [{ name: 'OBJECT' }],
    flags: [
      data,
      { name: 'reason', value: 'WHY', help: 'Why; it is written down here and told nobody' },
      { name: 'off', help: 'End the hold' },
    ],
  }),
  command({
    name: 'share evidence',
    summary: 'List what shows that a member said two things that cannot both be honest',
    details: 'Exit 1 when there is nothing.',
    positionals: [],
    flags: [data, json],
  }),
] as const;
