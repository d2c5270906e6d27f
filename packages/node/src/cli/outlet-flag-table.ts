import { matchForms, outletKinds } from '@comity/protocol/api';
import type { Command } from './flag-shape.ts';
import { data, json } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;
const outlet = { name: 'OUTLET' } as const;

/** Commands on where matches are sent on their own. */
export const outletCommands = [
  command({
    name: 'outlet list',
    summary: 'List where matches are sent on their own, and how that goes',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'outlet add',
    summary: 'Send matches to a webhook or a syslog receiver from now on, or change the outlet with --id',
    details:
      'ADDRESS is https://… for a webhook, and tls://HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT for syslog. A match holds ' +
      'a record of yours, so --to is an organisation of your own; each match is decided on by its indicator, and the law ' +
      'that comes with a node lets nothing leave. The signing key of a new webhook is printed this once.',
    positionals: [{ name: 'KIND', choices: outletKinds }, { name: 'ADDRESS' }],
    flags: [
      data,
      { name: 'to', value: 'RECIPIENT', help: 'Key of an organisation of yours: organisation:soc (required)' },
      { name: 'name', value: 'NAME', help: 'What people call it (default: its address)' },
      { name: 'id', value: 'ID', help: 'The outlet to change' },
      { name: 'form', value: 'FORM', choices: matchForms, default: 'comity', help: 'How a match is written' },
      { name: 'all', help: 'Also matches that raise no alarm: values seen on another port than they are listed for' },
      { name: 'from', value: 'WHERE', choices: ['now', 'start'], default: 'now', help: 'Where a new outlet begins' },
      {
        name: 'authorization-file',
        value: 'FILE',
        completes: 'file',
        help: 'File whose first line is the header Authorization: Bearer …, ApiKey …, Splunk …',
      },
      {
        name: 'signing-key-file',
        value: 'FILE',
        completes: 'file',
        help: 'File whose first line is the signing key: whsec_… (default: the node makes one)',
      },
      {
        name: 'ca-file',
        value: 'FILE',
        completes: 'file',
        help: 'Certificates (PEM) the receiver’s has to come from, instead of those the system trusts',
      },
      { name: 'allow-private', help: 'Let it lead to an address that is not public, such as 10.0.0.7 or localhost' },
      { name: 'paused', help: 'Send nothing until it is changed again without this' },
      json,
    ],
  }),
  command({
    name: 'outlet test',
    summary: 'Send a made-up match that says it is a test, now',
    details: 'OUTLET is an id or a name. Exit 1 when the receiver did not take it.',
    positionals: [outlet],
    flags: [data],
  }),
  command({
    name: 'outlet remove',
    summary: 'Remove an outlet; what it has not sent yet is not sent',
    details: 'OUTLET is an id or a name.',
    positionals: [outlet],
    flags: [data],
  }),
] as const;
