import type { Command } from './flag-shape.ts';
import { allowPrivate, data, json, tokenFile } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;
const to = { name: 'to', value: 'RECIPIENT', help: 'Only this recipient, by its key: client:works, public' } as const;

/** Commands on who may have what. */
export const sharingCommands = [
  command({
    name: 'share explain',
    summary: 'Say who would get an object, who not, and why',
    details:
      'OBJECT is a STIX id. Each line names the rules and where they are written. Exit 1 when nobody outside gets it.',
    positionals: [{ name: 'OBJECT' }],
    flags: [data, to, json],
  }),
  command({
    name: 'share decisions',
    summary: 'List what was decided about what left and what was kept, newest first',
    positionals: [],
    flags: [
      data,
      { name: 'object', value: 'ID', help: 'Only about this object, by its STIX id' },
      to,
      { name: 'limit', value: 'COUNT', default: '50', help: 'Most rows printed' },
      json,
    ],
  }),
  command({
    name: 'share statement',
    summary: 'Note that you have read the text of a marking and that it restricts nothing',
    details:
      'An object that bears a text nobody here has read goes to nobody outside. TEXT is the whole statement, as the object ' +
      'shows it; a restriction is not to be noted so.',
    positionals: [{ name: 'TEXT' }],
    flags: [data],
  }),
  command({
    name: 'recipient list',
    summary: 'List those objects may be given to, and their groups',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'recipient add',
    summary: 'Add or change somebody objects may be given to',
    details:
      'KEY is what they are and their name: client:works (of your constituency), member:cert-x (of the federation), ' +
      'organisation:lab (your own), person:ada. What is not given is emptied.',
    positionals: [{ name: 'KEY' }],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'What people call it (default: the key)' },
      { name: 'sector', value: 'SECTOR', default: '', help: 'Sector, as your law names sectors: energy, water, …' },
      { name: 'country', value: 'CODE', default: '', help: 'Country, two capital letters' },
      { name: 'token', value: 'ID', help: 'API token it signs in with, of scope share' },
      json,
    ],
  }),
  command({
    name: 'recipient remove',
    summary: 'Remove a recipient from everywhere',
    positionals: [{ name: 'KEY' }],
    flags: [data],
  }),
  command({
    name: 'recipient group',
    summary: 'Say who is in a group of recipients',
    details: 'The group has these members and no others; a group without members is nobody.',
    positionals: [{ name: 'GROUP' }, { name: 'KEY', many: true, optional: true }],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'What people call it (default: the id)' },
      { name: 'remove', help: 'Remove the group' },
    ],
  }),
  command({
    name: 'collection list',
    summary: 'List the TAXII collections, who may ask for them, and where',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'collection add',
    summary: 'Add a TAXII collection, or change the one with --id',
    details:
      'A collection is a saved filter over the store. Who asks for it gets what the law lets them have of it, and nothing ' +
      'else. What is not given is emptied.',
    positionals: [{ name: 'TITLE' }],
    flags: [
      data,
      { name: 'id', value: 'ID', help: 'The collection to change' },
      { name: 'alias', value: 'NAME', help: 'A name for its URL: small letters, digits, dashes' },
      { name: 'description', value: 'TEXT', default: '', help: 'What it is, for those who ask for it' },
      { name: 'to', value: 'WHO', many: true, help: 'A recipient by its key, or group:ID; without, you alone' },
      { name: 'type', value: 'TYPE', many: true, help: 'Only this STIX type: indicator, malware, …' },
      { name: 'kind', value: 'KIND', many: true, help: 'Only indicators of this kind of value: domain, ipv4, …' },
      { name: 'source', value: 'ID', help: 'Only what this source of intelligence told of' },
      {
        name: 'takes-objects',
        help: 'Whoever is of its audience and has a token of scope contribute may send objects',
      },
      json,
    ],
  }),
  command({
    name: 'collection explain',
    summary: 'Say who gets something of a collection, who not, and why',
    details:
      'COLLECTION is its id or alias. Each recipient has a line with how many of its objects they are given, and below it ' +
      'what stands against the rest. Exit 1 when nobody gets anything of it.',
    positionals: [{ name: 'COLLECTION' }],
    flags: [data, to, json],
  }),
  command({
    name: 'collection remove',
    summary: 'Remove a TAXII collection; its objects stay',
    positionals: [{ name: 'ID' }],
    flags: [data],
  }),
  command({
    name: 'push list',
    summary: 'List the collections that are sent elsewhere, and how that goes',
    positionals: [],
    flags: [
      data,
      { name: 'failures', value: 'ID', help: 'Objects of this push the server did not take, and why' },
      json,
    ],
  }),
  command({
    name: 'push add',
    summary: 'Send a collection to a TAXII server elsewhere, again and again',
    details:
      'COLLECTION is one of yours, by id or alias, with --to among its audience. What the law lets that recipient have is ' +
      'sent. URL is that of the collection elsewhere, its API root or the discovery; user and password stand in it.',
    positionals: [{ name: 'COLLECTION' }, { name: 'URL' }],
    flags: [
      data,
      { name: 'to', value: 'RECIPIENT', help: 'Whose the server is, by its key: member:cert-x' },
      { name: 'collection', value: 'NAME', help: 'Collection elsewhere: its id, alias or title' },
      tokenFile,
      { name: 'interval', value: 'MINUTES', default: '60', help: 'Minutes between pushes, 5 to 43200' },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'push run',
    summary: 'Push now and wait for it',
    details: 'ID is that of push list. Exit 2 when it fails.',
    positionals: [{ name: 'ID' }],
    flags: [data, { name: 'anew', help: 'Send everything from the beginning of the collection once more' }, json],
  }),
  command({
    name: 'push remove',
    summary: 'Remove a push; what was sent stays where it is',
    positionals: [{ name: 'ID' }],
    flags: [data],
  }),
  command({
    name: 'law show',
    summary: 'Show the law in force, who put it in force, and what came before',
    positionals: [],
    flags: [
      data,
      { name: 'hash', value: 'HASH', help: 'An earlier or a proposed law' },
      { name: 'text', help: 'Print the text alone, to be edited' },
      json,
    ],
  }),
  command({
    name: 'law check',
    summary: 'Read laws and say what is wrong with them, without a node',
    details: 'A law is Cedar policies, each with @id and @law("where it is written"). Exit 1 when one cannot be used.',
    positionals: [{ name: 'FILE', many: true, completes: 'file' }],
    flags: [{ name: 'json', help: 'Print one JSON object a law' }],
  }),
  command({
    name: 'law test',
    summary: 'Run the golden tests beside laws, without a node',
    details:
      'The tests of isac.cedar are in isac.tests.json: given an object, when somebody asks for something, then the answer. ' +
      'FILE may be the name of a law that comes with the program; without one all of these are tested. Exit 1 when one fails.',
    positionals: [{ name: 'FILE', many: true, optional: true, completes: 'file' }],
    flags: [{ name: 'json', help: 'Print one JSON object a test' }],
  }),
  command({
    name: 'law diff',
    summary: 'Say what a law would change for what came in the last days',
    details: 'Nothing is changed. Exit 0 when nothing would change, 1 when something would.',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [data, { name: 'days', value: 'DAYS', default: '30', help: 'How far back, 1 to 3650' }, json],
  }),
  command({
    name: 'law activate',
    summary: 'Put a law in force',
    details:
      'Its golden tests, when there are any beside it, must pass. Where another account has the right to, it is ' +
      'proposed first, and in force once they activate the same text.',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [data, { name: 'name', value: 'NAME', help: 'What people call it (default: the file)' }, json],
  }),
] as const;
