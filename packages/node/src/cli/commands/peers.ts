import { ComityError, quote } from '@comity/protocol/base';
import type { DeliveryView, PeerView } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listPeers: NodeCommand<'share peers'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listPeers();
  await write(terminal.stdout, flags.json ? jsonText(rows) : peersText(rows));
  return 0;
};

export const syncPeers: NodeCommand<'share sync'> = async ({ flags, positionals }, client, terminal) => {
  const { rows } = await client.listPeers();
  const wanted = positionals.length === 0 ? rows : positionals.map((text) => peerOf(rows, text));
  const done: { readonly taken: number; readonly peer: PeerView }[] = [];
  for (const { id } of wanted) done.push(await client.syncPeer({ params: { id } }));
  if (flags.json) await write(terminal.stdout, jsonText(done));
  else {
    const lines = done.map(({ taken, peer }) => {
      const reached = reachedText(peer);
      const limit = reached === '' ? '' : `; reached: ${reached}`;
      return `${plain(peer.name)}: ${taken} taken, ${peer.waiting} wait there${limit}\n`;
    });
    await write(terminal.stdout, lines.join(''));
  }
  return 0;
};

export const setHandling: NodeCommand<'share handling'> = async (
  { flags, positionals: [text = ''] },
  client,
  terminal,
) => {
  const { id, handling } = await findPeer(client, text);
  const peer = await client.setHandling({
    params: { id },
    body: {
      tlp: flags.tlp === undefined ? handling.tlp : parseOneOf(flags.tlp, 'tlp', labels),
      hops: flags.hops === undefined ? handling.hops : parseCount(flags.hops, 'hops', 0, 7),
      indicatorDays: flags.lease === undefined ? handling.indicatorDays : parseCount(flags.lease, 'lease', 1, 400),
      reportDays:
        flags['report-lease'] === undefined
          ? handling.reportDays
          : parseCount(flags['report-lease'], 'report-lease', 1, 400),
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(peer) : peersText([peer]));
  return 0;
};

export const setQuota: NodeCommand<'share quota'> = async ({ flags, positionals: [text = ''] }, client, terminal) => {
  const found = await findPeer(client, text);
  const typed = [flags.items, flags.bytes, flags.objects, flags.sent];
  const limit = (typedText: string | undefined, flag: string, kept: number): number =>
    typedText === undefined ? kept : parseCount(typedText, flag, 0, limitMost);
  const { id, quota } = found;
  const peer = typed.every((each) => each === undefined)
    ? found
    : await client.setQuota({
        params: { id },
        body: {
          itemsPerDay: limit(flags.items, 'items', quota.itemsPerDay),
          bytesPerDay: limit(flags.bytes, 'bytes', quota.bytesPerDay),
          objects: limit(flags.objects, 'objects', quota.objects),
          sentBytesPerDay: limit(flags.sent, 'sent', quota.sentBytesPerDay),
        },
      });
  await write(terminal.stdout, flags.json ? jsonText(peer) : quotaText(peer));
  return 0;
};

export const listDeliveries: NodeCommand<'share deliveries'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const { rows } = await client.listDeliveries({ params: { id } });
  await write(terminal.stdout, flags.json ? jsonText(rows) : deliveriesText(rows));
  return rows.length === 0 ? 1 : 0;
};

export const listReceipts: NodeCommand<'share receipts'> = async ({ positionals: [id = ''] }, client, terminal) => {
  const { rows } = await client.listReceipts({ params: { id } });
  await write(terminal.stdout, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return rows.length === 0 ? 1 : 0;
};

export const recallObject: NodeCommand<'share recall'> = async (
  { flags, positionals: [id = ''] },
  client,
  terminal,
) => {
  const reason = parseOneOf(flags.reason, 'reason', reasons);
  const { rows } = await client.recallObject({ params: { id }, body: { reason } });
  await write(terminal.stdout, flags.json ? jsonText(rows) : deliveriesText(rows));
  return 0;
};

export const disagree: NodeCommand<'share disagree'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  const answer = await client.disagreeWithObject({ params: { id } });
  await write(terminal.stdout, flags.json ? jsonText(answer) : `told as ${answer.opinion}\n`);
  return 0;
};

export const holdObject: NodeCommand<'share hold'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  if (flags.off) {
    await client.unholdObject({ params: { id } });
    await write(terminal.stdout, 'the hold is over\n');
    return 0;
  }
  if (flags.reason === undefined) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot hold the object: --reason says why the law here wants it');
  }
  await client.holdObject({ params: { id }, body: { reason: flags.reason } });
  await write(terminal.stdout, 'held\n');
  return 0;
};

export const listEvidence: NodeCommand<'share evidence'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listEvidence();
  if (flags.json) await write(terminal.stdout, jsonText(rows));
  else {
    const cells = rows.map(({ foundAt, kind, name, member }) => [foundAt ?? '', kind, name, member]);
    await write(terminal.stdout, tableText(['FOUND', 'WHAT', 'MEMBER', 'ID'], cells));
  }
  return rows.length === 0 ? 1 : 0;
};

/** More than anybody has; what can be typed. */
const limitMost = 999_999_999_999_999;
const labels = ['clear', 'green', 'amber', 'amber+strict'] as const;
const reasons = ['false-positive', 'mistake', 'order', 'superseded', 'contract'] as const;

/** @throws {ComityError} `NOT_FOUND`, `CONFLICT`. */
export async function findPeer(client: Client, text: string): Promise<PeerView> {
  return peerOf((await client.listPeers()).rows, text);
}

/** A member by its id, the beginning of it, or its name. */
function peerOf(rows: readonly PeerView[], text: string): PeerView {
  const bare = text.replaceAll('-', '');
  const found = rows.filter(({ id, name }) => name === text || (bare.length >= 8 && id.startsWith(bare)));
  const [peer] = found;
  if (peer === undefined) throw new ComityError('NOT_FOUND', `Cannot find a member ${quote(text)} among those joined`);
  if (found.length > 1)
    throw new ComityError('CONFLICT', `Cannot tell which member ${quote(text)} is: name it by its id`);
  return peer;
}

function peersText(rows: readonly PeerView[]): string {
  const head = [
    'MEMBER',
    'WAITING',
    'TAKEN UP TO',
    'LAST PULL',
    'RECEIPTS DUE',
    'AT LEAST',
    'HOPS',
    'LEASE',
    'ID',
    'LIMIT REACHED',
    'ERROR',
  ];
  return tableText(
    head,
    rows.map((peer) => [
      peer.name,
      peer.waiting,
      peer.takenUpTo,
      peer.lastPullAt ?? 'never',
      peer.receiptsDue,
      `TLP:${peer.handling.tlp.toUpperCase()}`,
      peer.handling.hops,
      `${peer.handling.indicatorDays} d`,
      peer.id,
      reachedText(peer),
      peer.failure?.message ?? '',
    ]),
  );
}

/** Limits a member reached today, and when it goes on. */
function reachedText({ reached }: PeerView): string {
  return reached.map(({ limit, until }) => (until === undefined ? limit : `${limit} until ${until}`)).join(', ');
}

function quotaText(peer: PeerView): string {
  const { quota, used } = peer;
  const cells = [
    ['items taken today', used.items, quota.itemsPerDay],
    ['bytes read today', used.bytes, quota.bytesPerDay],
    ['objects lent now', used.objects, quota.objects],
    ['bytes sent today', used.sentBytes, quota.sentBytesPerDay],
  ];
  const reached = reachedText(peer);
  return `${tableText(['WHAT', 'USED', 'QUOTA'], cells)}${reached === '' ? '' : `reached: ${reached}\n`}`;
}

function deliveriesText(rows: readonly DeliveryView[]): string {
  const done = rows.filter(({ receipt }) => receipt !== undefined).length;
  const cells = rows.map(({ name, state, version, sentAt, leaseUntil, receipt }) => [
    name,
    state,
    version,
    sentAt,
    receipt === undefined
      ? 'nothing yet'
      : `${receipt.effect}${receipt.reason === undefined ? '' : ` (${receipt.reason})`}`,
    receipt?.at ?? '',
    leaseUntil ?? '',
  ]);
  const table = tableText(['MEMBER', 'STATE', 'VERSION', 'SENT', 'MEMBER SAYS', 'AT', 'LEASE ENDS'], cells);
  return rows.length === 0 ? 'no member has it\n' : `${table}${done} of ${rows.length} confirmed\n`;
}
