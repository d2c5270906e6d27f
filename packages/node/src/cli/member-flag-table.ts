import type { Command } from './flag-shape.ts';
import { data, json } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;
const member = { name: 'MEMBER' } as const;
const allowPrivate = {
  name: 'allow-private',
  help: 'Let their node be at an address that is not public, such as 10.0.0.7 or localhost',
} as const;
const profile = [
  { name: 'country', value: 'CODE', help: 'Country, two capital letters' },
  { name: 'sector', value: 'SECTOR', many: true, help: 'Sector: energy, water, health, …' },
  { name: 'url', value: 'URL', help: 'Where other nodes reach this one (default: where people do)' },
  { name: 'contact-email', value: 'ADDRESS', help: 'Address of the technical contact' },
  { name: 'contact-phone', value: 'NUMBER', help: 'Its telephone: +43 1 2345' },
] as const;

/** Commands on who the members are. */
export const memberCommands = [
  command({
    name: 'member init',
    summary: 'Make this node a member of the federation',
    details:
      'Makes its keys and the first signed description of it, whose hash is the member for ever. Take its recovery key ' +
      'elsewhere (comity member export-recovery): whoever steals the disk with it on has the name too.',
    positionals: [],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'What the organisation is called (required)' },
      ...profile,
      json,
    ],
  }),
  command({
    name: 'member change',
    summary: 'Say something else of this member; what is not given stays',
    positionals: [],
    flags: [data, { name: 'name', value: 'NAME', help: 'What the organisation is called' }, ...profile, json],
  }),
  command({
    name: 'member show',
    summary: 'Print this member, or another one',
    details: 'MEMBER is an id, the beginning of one as lists show it, or a handle. Exit 1 when this node is no member.',
    positionals: [{ name: 'MEMBER', optional: true }],
    flags: [data, json],
  }),
  command({
    name: 'member list',
    summary: 'List the members this one knows, and those that ask to be joined',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'member invite',
    summary: 'Print an invitation for another member, good once',
    details: 'Hand it over by a way you trust. Who takes it up asks to be joined, until you accept them.',
    positionals: [],
    flags: [
      data,
      { name: 'hint', value: 'TEXT', default: '', help: 'For whom it is, for your own list' },
      { name: 'days', value: 'DAYS', default: '7', help: 'How long it can be taken up, 1 to 90' },
      { name: 'accept', help: 'Join who takes it up at once' },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'member invitations',
    summary: 'List the invitations that were given',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'member uninvite',
    summary: 'Withdraw an invitation',
    positionals: [{ name: 'INVITATION' }],
    flags: [data],
  }),
  command({
    name: 'member join',
    summary: 'Take up the invitation of another member',
    details: 'INVITATION is its text, or - for standard input, where no list of processes shows it.',
    positionals: [{ name: 'INVITATION' }],
    flags: [data, { name: 'look', help: 'Only say who gave it; nothing is taken up' }, allowPrivate, json],
  }),
  command({
    name: 'member accept',
    summary: 'Let in a member that asks to be joined',
    details: 'Compare the beginning of its id with its people first, on the telephone.',
    positionals: [member],
    flags: [
      data,
      { name: 'as', value: 'HANDLE', help: 'What it is called here, for ever (default: made of its name)' },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'member ping',
    summary: 'Ask a member’s node to prove that it answers and is its own',
    positionals: [member],
    flags: [data, { name: 'refresh', help: 'Also ask what it says of itself now' }, json],
  }),
  command({
    name: 'member history',
    summary: 'List what a member said of itself one after the other: its keys, rotations and recoveries',
    positionals: [member],
    flags: [data, json],
  }),
  command({
    name: 'member ledger',
    summary: 'Say what was seen here of a member’s ledger, who cosigned it, and what is wrong',
    details: 'Exit 1 when it names none, when an alarm holds, or when it told two stories.',
    positionals: [member],
    flags: [data, json],
  }),
  command({
    name: 'member suspend',
    summary: 'Speak with a member no more, until it is resumed',
    positionals: [member],
    flags: [data],
  }),
  command({
    name: 'member resume',
    summary: 'Speak with a suspended member again',
    positionals: [member],
    flags: [data],
  }),
  command({
    name: 'member remove',
    summary: 'Forget a member, or decline one that asks',
    positionals: [member],
    flags: [data],
  }),
  command({
    name: 'member export-recovery',
    summary: 'Take the announced governance key out of the node, into a file',
    details: 'Keep the file where the node is not. Rotating, and taking the name back after a theft, needs it then.',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [data],
  }),
  command({
    name: 'member rotate',
    summary: 'Put the announced governance key in force, announce another, and make a new key for messages',
    positionals: [],
    flags: [
      data,
      { name: 'recovery', value: 'FILE', completes: 'file', help: 'The file the announced key was taken out to' },
      json,
    ],
  }),
] as const;
