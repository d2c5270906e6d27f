import type { Command } from './flag-shape.ts';
import { data, json } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;

/** Commands on asking other members without telling them what. */
export const lookupCommands = [
  command({
    name: 'lookup',
    summary: 'Ask another member whether it knows values, without telling it which',
    details:
      'FILE holds one value a line; - is standard input. What this node knows itself is answered here and not asked for. Ends ' +
      'with what the member learnt by being asked. Exit 0 when a value is known here or there, 1 when none is, 2 on an error.',
    positionals: [{ name: 'VALUE|FILE', many: true, completes: 'file' }],
    flags: [
      data,
      {
        name: 'member',
        value: 'MEMBER',
        help: 'Whom to ask: the key of its recipient, member:cert-x or cert-x (required)',
      },
      json,
    ],
  }),
  command({
    name: 'lookup offers',
    summary: 'List what members may ask about without telling which, and how much they did',
    positionals: [],
    flags: [data, json],
  }),
] as const;
