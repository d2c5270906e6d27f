import type { Command } from './flag-shape.ts';
import {
  allowPrivate,
  data,
  format,
  json,
  kindFilter,
  own,
  placeholders,
  reliability,
  sourceFilter,
  stateFilter,
  tlp,
  tlpFilter,
  tokenFile,
} from './shared-flags.ts';
import { accessCommands } from './access-flag-table.ts';
import { checkingCommands } from './checking-flag-table.ts';
import { memberCommands } from './member-flag-table.ts';
import { ledgerCommands } from './ledger-flag-table.ts';
import { lookupCommands } from './lookup-flag-table.ts';
import { outletCommands } from './outlet-flag-table.ts';
import { peerCommands } from './peer-flag-table.ts';
import { sharingCommands } from './sharing-flag-table.ts';

export type { Command, Flag, Positional } from './flag-shape.ts';

const command = <const C extends Command>(value: C): C => value;

/**
 * Every command and flag as data: the parser, `--help`, the manual page and the shell completions are made from it.
 */
export const commands = [
  command({
    name: 'start',
    summary: 'Run the node and serve its page',
    details:
      'Prints where it runs, a sign-in link that works once within 15 minutes, and the data folder. Stop it with Ctrl-C ' +
      'or SIGTERM: it finishes the batch under way and closes the data folder.',
    positionals: [],
    flags: [
      data,
      { name: 'port', value: 'PORT', default: '8642', help: 'Port to listen on; 0 takes a free one' },
      { name: 'host', value: 'ADDRESS', default: '127.0.0.1', help: 'Address to bind; 0.0.0.0 is every address' },
      { name: 'allow-host', value: 'NAME', many: true, help: 'A further name the node may be reached under' },
      {
        name: 'public-url',
        value: 'URL',
        help: 'How people reach the node when not at its own address, as behind a proxy with TLS: https://comity.example',
      },
      {
        name: 'tls-cert',
        value: 'FILE',
        completes: 'file',
        help: 'Serve HTTPS with this certificate, in PEM, its chain behind it; SIGHUP reads it and the key again',
      },
      { name: 'tls-key', value: 'FILE', completes: 'file', help: 'The key of that certificate, in PEM' },
      {
        name: 'taxii-lenient',
        help: 'Answer TAXII clients that accept application/json, anything, or say nothing',
      },
      {
        name: 'taxii-per-minute',
        value: 'COUNT',
        default: '6000',
        help: 'TAXII requests of one token in a minute; who sends more is told when to come again',
      },
      {
        name: 'keep-seen',
        value: 'DAYS',
        default: '30',
        help: 'Note the values sources show, for hunts, and keep them so many days; 0 notes none and deletes them',
      },
      { name: 'keep-seen-mb', value: 'MB', default: '2048', help: 'Most megabytes of them; the oldest days go first' },
    ],
  }),
  command({
    name: 'sign-in',
    summary: 'Print a new sign-in link of the running node',
    details:
      'It signs in the first administrator, operator; the link before it stops working. Whoever can read the data folder can ' +
      'sign in.',
    positionals: [],
    flags: [data],
  }),
  command({
    name: 'screen',
    summary: 'Find listed values in log files, or files with listed digests, without a node',
    details:
      'Reads files, or standard input for - or when none is named. Exit 0 with a match, 1 without, 2 on an error. ' +
      'Indicators are taken as they are unless --known-good names a folder of MISP warninglists. With --files the ' +
      'files and folders are not read as records: every file below them, and what its archives hold, is compared by its ' +
      'digest. Links are not followed; digests are kept, so that the next run reads only what changed. --rules is a second ' +
      'look at each record, with or without --indicators: Sigma rules and correlations, and STIX patterns that values ' +
      'alone do not decide. Which records are of which log source is in docs/spec/sigma.md.',
    positionals: [{ name: 'FILE', many: true, optional: true, completes: 'file' }],
    flags: [
      {
        name: 'files',
        help: 'Compare files by their digests (MD5, SHA-1, SHA-256, SHA-512) instead of reading records',
      },
      {
        name: 'indicators',
        value: 'FILE|URL',
        many: true,
        completes: 'file',
        help: 'Where the indicators are: a list, STIX, MISP, CSV or Zeek intel file, or a URL',
      },
      {
        name: 'table',
        value: 'FILE',
        completes: 'file',
        help: 'A table saved with --save-table, instead of reading its lists again; what --indicators list is added',
      },
      {
        name: 'save-table',
        value: 'FILE',
        completes: 'file',
        help: 'Save what is listed as a table for --table; with no FILE to screen that is all that is done',
      },
      {
        name: 'known-good',
        value: 'DIR',
        completes: 'folder',
        help: 'Hold back what the warninglists in this folder name',
      },
      {
        name: 'rules',
        value: 'FILE|DIR',
        many: true,
        completes: 'file',
        help: 'Sigma rules (YAML), or STIX bundles whose patterns are evaluated on the records',
      },
      placeholders,
      {
        name: 'logsource',
        value: 'SOURCE',
        help: 'Log source of the records for Sigma rules, whatever they look like: product=github,service=audit',
      },
      { name: 'format', value: 'FORMAT', help: 'Format of the records (default auto); raw takes any text' },
      {
        name: 'cache',
        value: 'FILE',
        completes: 'file',
        help: 'With --files: where digests are kept (default comity/files.cache in $XDG_CACHE_HOME, else in ~/.cache)',
      },
      { name: 'no-cache', help: 'With --files: keep no digests, read every file' },
      { name: 'allow-private', help: 'Let an indicators URL lead to an address that is not public' },
      {
        name: 'threads',
        value: 'COUNT',
        help: 'Threads that screen records (default one a core); one screens standard input, little input, and what --rules look at',
      },
      { name: 'json', help: 'Print one JSON object a match' },
      { name: 'ecs', help: 'Print one document of the Elastic Common Schema (JSON) a match' },
      { name: 'quiet', help: 'Show no progress' },
    ],
  }),
  command({
    name: 'intel import',
    summary: 'Import intelligence from files, URLs or standard input',
    details:
      'Ends with a report: taken, duplicate, held back, rejected with place and reason. Exit 1 when nothing was taken ' +
      'and something was rejected.',
    positionals: [{ name: 'FILE|URL', many: true, completes: 'file' }],
    flags: [
      data,
      format,
      { name: 'name', value: 'NAME', help: 'Name of the import (default: the file or URL)' },
      { name: 'source', value: 'NAME', help: 'Name of the source the intelligence is from (default: the file)' },
      reliability,
      tlp,
      own,
      {
        name: 'mapping',
        value: 'COLUMNS',
        help: 'Columns of a CSV: value=ioc,type=kind,labels=tags; a column by its header or number from 1',
      },
      {
        name: 'idempotency-key',
        value: 'KEY',
        help: 'For scripts that try again: a file sent under a key that was used is not imported again, its report is printed',
      },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'intel search',
    summary: 'Search indicators and other objects',
    details: 'TEXT is a value, a part of one, or words of a name. Exit 1 when nothing is found.',
    positionals: [{ name: 'TEXT', optional: true }],
    flags: [
      data,
      { name: 'type', value: 'TYPE', default: 'indicator', help: 'STIX type, or any' },
      kindFilter,
      stateFilter,
      sourceFilter,
      tlpFilter,
      { name: 'limit', value: 'COUNT', default: '100', help: 'Most rows printed; 0 is all' },
      json,
    ],
  }),
  command({
    name: 'intel export',
    summary: 'Write indicators as STIX, CSV or a plain list',
    positionals: [],
    flags: [
      data,
      { name: 'format', value: 'FORMAT', choices: ['stix', 'csv', 'list'], default: 'stix', help: 'What to write' },
      { name: 'output', value: 'FILE', completes: 'file', help: 'Where to write (default: standard output)' },
      { name: 'text', value: 'TEXT', help: 'Only what a search for this finds' },
      {
        name: 'to',
        value: 'RECIPIENT',
        help: 'Make it for this recipient: only what may be given to them, and with its label',
      },
      kindFilter,
      stateFilter,
      sourceFilter,
      tlpFilter,
    ],
  }),
  command({
    name: 'intel release',
    summary: 'Let values through that the known-good gate holds back',
    positionals: [{ name: 'VALUE', many: true }],
    flags: [data, { name: 'reason', value: 'TEXT', help: 'Why, for whoever asks later (required)' }, json],
  }),
  command({
    name: 'import list',
    summary: 'List imports with their counts, newest first',
    positionals: [],
    flags: [data, { name: 'limit', value: 'COUNT', default: '20', help: 'Most rows printed' }, json],
  }),
  command({
    name: 'feed add',
    summary: 'Pull a URL on a schedule',
    details:
      'Of a TAXII 2.1 server URL is that of its discovery, an API root, a collection or its objects; --collection says which ' +
      'where the URL does not. User and password stand in the URL: https://user:password@taxii.example/taxii2/.',
    positionals: [{ name: 'URL' }],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'Name of the feed (default: from the URL)' },
      { name: 'collection', value: 'NAME', help: 'Collection of the TAXII server: its id, alias or title' },
      tokenFile,
      format,
      { name: 'interval', value: 'MINUTES', default: '60', help: 'Minutes between pulls, 5 to 43200' },
      reliability,
      tlp,
      own,
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'feed list',
    summary: 'List feeds and how they do',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'feed pull',
    summary: 'Pull feeds now and wait for them',
    details:
      'FEED is an id or a name; without one every enabled feed is pulled. Exit 2 when a pull fails, or when it is stopped ' +
      'with Ctrl-C or SIGTERM: what was taken stays, and the feed is pulled again next time.',
    positionals: [{ name: 'FEED', many: true, optional: true }],
    flags: [data, json],
  }),
  command({
    name: 'source add',
    summary: 'Screen a file, a folder or a socket from now on',
    details:
      'LOCATION is a path for file and folder, [ADDRESS:]PORT for syslog-udp and syslog-tcp, and nothing for http, ' +
      'whose records are pushed to /api/v1/sources/ID/records.',
    positionals: [
      { name: 'KIND', choices: ['file', 'folder', 'syslog-udp', 'syslog-tcp', 'http'] },
      { name: 'LOCATION', optional: true, completes: 'file' },
    ],
    flags: [
      data,
      { name: 'name', value: 'NAME', help: 'Name of the source (default: its location)' },
      { name: 'format', value: 'FORMAT', default: 'auto', help: 'Format of the records' },
      {
        name: 'from',
        value: 'WHERE',
        choices: ['start', 'end'],
        default: 'start',
        help: 'Where to begin in a file that is there',
      },
      json,
    ],
  }),
  command({ name: 'source list', summary: 'List what is screened', positionals: [], flags: [data, json] }),
  command({
    name: 'hunt',
    summary: 'Say where and when a value was seen, listed or not',
    details:
      'FILE holds one value a line. Names every hour of every source that showed it; exit 1 when none did. A new indicator is ' +
      'hunted for by itself.',
    positionals: [{ name: 'VALUE|FILE', many: true, completes: 'file' }],
    flags: [
      data,
      { name: 'since', value: 'WHEN', help: 'Not before: 2026-11-01, 2026-11-01T06:00:00.000Z, or 12h, 7d ago' },
      { name: 'confirm', help: 'Also look for the records, where the files are still there' },
      json,
    ],
  }),
  command({
    name: 'known-good import',
    summary: 'Load MISP warninglists into the known-good gate',
    details:
      'Takes files, and folders in which every list.json below is read. Existing indicators are judged again. Stopped with ' +
      'Ctrl-C or SIGTERM it exits with 2: each list is loaded whole or not at all, and a judging goes on at the next start.',
    positionals: [{ name: 'FILE|DIR', many: true, completes: 'file' }],
    flags: [data, json],
  }),
  command({ name: 'known-good list', summary: 'List the lists of the gate', positionals: [], flags: [data, json] }),
  ...accessCommands,
  ...sharingCommands,
  ...peerCommands,
  ...outletCommands,
  ...memberCommands,
  ...ledgerCommands,
  ...lookupCommands,
  command({
    name: 'backup',
    summary: 'Write a consistent copy of everything into one file, also while the node runs',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [data],
  }),
  command({
    name: 'restore',
    summary: 'Make a data folder from a backup',
    details: 'The folder must not hold a database yet.',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [data],
  }),
  command({
    name: 'doctor',
    summary: 'Check the node and say what to do',
    details: 'Exit 1 when a check fails.',
    positionals: [],
    flags: [data, json],
  }),
  ...checkingCommands,
  command({
    name: 'completions',
    summary: 'Print completions for a shell',
    details: 'bash: source <(comity completions bash). zsh and fish: write it where the shell looks for completions.',
    positionals: [{ name: 'SHELL', choices: ['bash', 'zsh', 'fish'] }],
    flags: [],
  }),
  command({ name: 'version', summary: 'Print the version', positionals: [], flags: [] }),
  command({
    name: 'help',
    summary: 'Explain a command, or all of them',
    positionals: [{ name: 'COMMAND', many: true, optional: true }],
    flags: [{ name: 'man', help: 'Print the manual page (roff): comity help --man | man -l -' }],
  }),
] as const;

export type CommandName = (typeof commands)[number]['name'];
type CommandNamed<N extends CommandName> = Extract<(typeof commands)[number], { name: N }>;
type FlagOf<N extends CommandName> = CommandNamed<N>['flags'][number];
type FlagValue<F> = F extends { many: true }
  ? readonly string[]
  : F extends { default: string }
    ? string
    : F extends { value: string }
      ? string | undefined
      : boolean;

/** What was typed for a command: its flags by name and its positionals, checked against the table. */
export interface Typed<N extends CommandName = CommandName> {
  readonly command: N;
  readonly flags: { readonly [F in FlagOf<N> as F['name']]: FlagValue<F> };
  readonly positionals: readonly string[];
}
