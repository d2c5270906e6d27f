import type { Command } from './flag-shape.ts';
import { allowPrivate, data, erasureReason, json } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;
const policy = {
  name: 'policy',
  value: 'FILE',
  completes: 'file',
  help: 'Whom to trust: keys of the log, witnesses, how many of them (C2SP tlog-policy)',
} as const;

/** Commands on this node's ledger, and on anybody's. */
export const ledgerCommands = [
  command({
    name: 'ledger',
    summary: 'Say how the ledger is: what is in it, what is published, who witnesses it, what is wrong',
    details: 'Exit 1 when an alarm holds.',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'ledger fsck',
    summary: 'Check a whole ledger: bundles, tiles, roots, signatures, head',
    details:
      'Without LEDGER it is that of the node, with what its database holds. LEDGER is a folder or a URL with a checkpoint and tiles ' +
      'below; who signed and cosigned it is judged by --policy. Exit 1 when something is wrong; the first faults are told with their ' +
      'place.',
    positionals: [{ name: 'LEDGER', optional: true, completes: 'folder' }],
    flags: [data, policy, allowPrivate, json],
  }),
  command({
    name: 'ledger proof',
    summary: 'Print a receipt that an entry is in the ledger (C2SP tlog-proof)',
    details: 'INDEX counts from 0. Exit 1 when the entry is not published yet.',
    positionals: [{ name: 'INDEX' }],
    flags: [
      data,
      { name: 'out', value: 'FILE', completes: 'file', help: 'Write the receipt into a new file' },
      { name: 'entry', value: 'FILE', completes: 'file', help: 'Write the bytes of the entry into a new file' },
    ],
  }),
  command({
    name: 'ledger act',
    summary: 'Open an act of the ledger that exchanged something: what, with whom, under which law',
    details:
      'INDEX counts from 0. With --json it is all an auditor needs to verify it without a node: docs/guides/audit-a-ledger.md. Exit 1 ' +
      'when what is kept does not open what stands in the ledger.',
    positionals: [{ name: 'INDEX' }],
    flags: [data, json],
  }),
  command({
    name: 'ledger acts',
    summary: 'List the acts of the ledger, or where those about an object stand',
    details:
      'OBJECT is a STIX id: acts about it that were not erased, the oldest first. Without it the newest of all acts, the newest first. ' +
      'Exit 1 when there is none.',
    positionals: [{ name: 'OBJECT', optional: true }],
    flags: [
      data,
      { name: 'limit', value: 'COUNT', default: '100', help: 'Without OBJECT: at most so many, 1 to 500' },
      json,
    ],
  }),
  command({
    name: 'ledger erase',
    summary: 'Destroy what opens an act of the ledger, and say so in the ledger; for good',
    details:
      'What is kept of that exchange goes with it: it can be about up to 256 objects. The entry and every proof stay. Where another ' +
      'account has the right to, it is proposed first, and done once they ask for the same.',
    positionals: [{ name: 'INDEX' }],
    flags: [data, erasureReason, json],
  }),
  command({
    name: 'ledger policy',
    summary: 'Print whom a reader of receipts has to trust (C2SP tlog-policy)',
    positionals: [],
    flags: [
      data,
      { name: 'at', value: 'WHEN', help: 'When the receipt was made: 2026-11-01T06:00:00.000Z (default: now)' },
    ],
  }),
  command({
    name: 'ledger verify',
    summary: 'Verify a receipt without a node and without a network',
    details:
      'PROOF is a receipt, ENTRY the bytes that are said to be in the ledger. Exit 0 when the log signed, a quorum of the policy ' +
      'cosigned, and the entry is in it; 1 when not, with the reason.',
    positionals: [
      { name: 'PROOF', completes: 'file' },
      { name: 'ENTRY', completes: 'file' },
    ],
    flags: [policy, json],
  }),
  command({
    name: 'charter verify',
    summary: 'Count every vote of a federation again, without a node and without a network',
    details:
      'FILE is the history of a charter: docs/spec/charter.md. Tells what was decided, who said no and why, and which ballots do not ' +
      'count. Exit 0 when all of it follows from the first charter; 1 when not, or when that is not the one named with --federation.',
    positionals: [{ name: 'FILE', completes: 'file' }],
    flags: [{ name: 'federation', value: 'HASH', help: 'Hash of the first charter, of somebody you trust' }, json],
  }),
  command({
    name: 'ledger rotate',
    summary: 'Make new keys of the ledger; old and new ones sign until --finish',
    details: 'Tell the new keys to whoever reads or witnesses the ledger before the old ones end.',
    positionals: [],
    flags: [data, { name: 'finish', help: 'Sign with the newest keys alone from now on' }, json],
  }),
  command({
    name: 'ledger restart',
    summary: 'Open the next ledger after one that is frozen for good',
    details:
      'A ledger freezes when it finds its own signature under what it does not know: a backup was restored and entries since are lost, ' +
      'or somebody else has its key. Try first to bring the lost data back. What is appended since goes into the next ledger, under its own ' +
      'name and keys.',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'witness list',
    summary: 'List who witnesses the ledger and what each last said',
    positionals: [],
    flags: [data, json],
  }),
  command({
    name: 'witness add',
    summary: 'Have the ledger witnessed by somebody (C2SP tlog-witness), or change a witness of that name',
    details: 'URL is what add-checkpoint is below. Nothing is published until so many cosign as the quorum says.',
    positionals: [{ name: 'NAME' }, { name: 'URL' }],
    flags: [
      data,
      { name: 'key', value: 'KEY', many: true, help: 'A verifier key of the witness: name+id+base64, types 04 and 06' },
      { name: 'monitoring-url', value: 'URL', help: 'Where it shows what it cosigned (default: URL)' },
      allowPrivate,
      json,
    ],
  }),
  command({
    name: 'witness remove',
    summary: 'Ask a witness no more; receipts it cosigned stay valid for their time',
    positionals: [{ name: 'NAME' }],
    flags: [data],
  }),
  command({
    name: 'witness quorum',
    summary: 'Fix how many witnesses must cosign before something is published',
    details: 'COUNT is a number, or auto: so many that two views are impossible while a third of them may collude.',
    positionals: [{ name: 'COUNT' }],
    flags: [data],
  }),
] as const;
