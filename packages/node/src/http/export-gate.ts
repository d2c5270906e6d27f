import { ComityError } from '@comity/protocol/base';
import { comparePap, compareTlp, papLabel, strictestPap, strictestTlp, tlpLabel } from '@comity/protocol/markings';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { Channel } from '@comity/protocol/sharing';
import type { ExportFormat, ExportGate, StoredObject } from '../intel/index.ts';
import { listFormats } from '../lists/index.ts';
import { papOf } from '../sharing/index.ts';
import type { AdmittedObject, Exit, ExitOptions, Recipient, Sharing } from '../sharing/index.ts';

/** How an export is written and sent. */
export interface ExportType {
  /** For one export. */
  readonly open: () => ExportFormat;
  readonly type: string;
  readonly fileName: string;
}

/** By the word of the API. */
export const exportTypes = {
  stix: { open: () => 'stix', type: 'application/stix+json;version=2.1', fileName: 'indicators.json' },
  csv: { open: () => 'csv', type: 'text/csv; charset=utf-8', fileName: 'indicators.csv' },
  list: { open: () => listFormats.values.open(), type: 'text/plain; charset=utf-8', fileName: 'indicators.txt' },
} as const satisfies Record<string, ExportType>;

/** How a copy is handed over, and what for. */
interface Handover {
  /** What is in it is blocked: then only what may be is given. */
  readonly blocks?: boolean;
  /** It goes to the recipient over an encrypted way. Of a file in the hands of whoever asked it is not known how it travels on. */
  readonly encrypted?: boolean;
}

/** The owner's own copy: what its law lets it look at; `blocks`: and block. */
export function ownGate(sharing: Pick<Sharing, 'openExit' | 'recipients'>, blocks = false): ExportGate {
  const recipient = sharing.recipients.get('owner');
  const channel: Channel = { encrypted: true, hidesOrigin: false };
  const passage = openPassage({ recipient, action: 'show', channel }, blocks, sharing);
  return {
    admit: (objects) => passage.admit(objects),
    check: () => undefined,
    room: () => passage.room(),
    label: undefined,
    closing: passage.closing,
    forOthers: false,
  };
}

/**
 * A copy for somebody: what may be forwarded to them, or published when they are anybody; every piece read again by the guard.
 *
 * A list has no place for the label of each value, so its first line bears the strictest of all that is in it. The objects are
 * gone through once before to find it, and to know whether there is anything to give.
 *
 * @param objects - What would be exported, for as often as it is asked.
 * @throws {ComityError} `SHARING_REFUSED`: there is something, and nothing of it may be given; or the guard refused.
 */
export async function gateFor(
  recipient: Recipient,
  format: ExportFormat,
  objects: () => AsyncIterable<readonly StoredObject[]>,
  sharing: Pick<Sharing, 'openExit'>,
  { blocks = false, encrypted = false }: Handover = {},
): Promise<ExportGate> {
  const action = recipient.kind === 'public' ? 'publish' : 'forward';
  // It names sources.
  const options = { recipient, action, channel: { encrypted, hidesOrigin: false } } as const;
  const passage = openPassage(options, blocks, sharing);
  const label = await strictestOf(openPassage({ ...options, isRehearsal: true }, blocks, sharing), objects());
  if (label === undefined) {
    // A refusal is kept as well as what leaves.
    for await (const batch of objects()) {
      passage.admit(batch);
      await passage.room();
    }
    throw refusal(passage.count());
  }
  const shown = `${tlpLabel(label.tlp)} ${papLabel(label.pap)}`;
  if (format !== 'stix') passage.guard.list(`# ${shown}\n`);
  return {
    // What came or was tightened since the label was found is left for the next time.
    admit: (batch) =>
      passage
        .admit(batch)
        .filter(({ tlp, facets }) => compareTlp(tlp, label.tlp) <= 0 && comparePap(papOf(facets), label.pap) <= 0),
    check: (text) => void passage.guard.stix(text),
    room: () => passage.room(),
    label: shown,
    closing: passage.closing,
    forOthers: true,
  };
}

/** A way through one exit, or, for what is blocked, through that and the decision on blocking. */
interface Passage extends Pick<Exit, 'admit' | 'room' | 'guard'> {
  readonly count: () => Exit['count'];
  readonly closing: () => string | undefined;
}

function openPassage(options: ExitOptions, blocks: boolean, sharing: Pick<Sharing, 'openExit'>): Passage {
  const exit = sharing.openExit(options);
  const { guard } = exit;
  const admit: Passage['admit'] = (objects) => exit.admit(objects);
  if (!blocks) return { admit, guard, room: () => exit.room(), count: () => exit.count, closing: () => undefined };
  // Asked first and not recorded: how much may not be blocked is told of what they may have, and of nothing else.
  const given = sharing.openExit({ ...options, isRehearsal: true });
  const block = sharing.openExit({ ...options, action: 'block' });
  const objectsOf = (admitted: readonly AdmittedObject[]) => admitted.map(({ object }) => object);
  return {
    admit: (objects) => admit(objectsOf(block.admit(objectsOf(given.admit(objects))))),
    guard,
    room: async () => void (await Promise.all([exit.room(), block.room()])),
    count: () => ({
      allowed: exit.count.allowed,
      denied: given.count.denied + block.count.denied,
      deniedBy: new Map([...given.count.deniedBy, ...block.count.deniedBy]),
    }),
    closing: () => {
      const { denied, deniedBy } = block.count;
      if (denied === 0) return undefined;
      return `${denied} objects may not be blocked and are not in it: ${[...deniedBy.keys()].toSorted().join(', ')}`;
    },
  };
}

interface Label {
  readonly tlp: Tlp;
  readonly pap: Pap;
}

/** The strictest labels of what may go; undefined when there is something and none of it may. */
async function strictestOf(
  rehearsal: Passage,
  objects: AsyncIterable<readonly StoredObject[]>,
): Promise<Label | undefined> {
  let label: Label = { tlp: 'clear', pap: 'clear' };
  for await (const batch of objects) {
    for (const { tlp, facets } of rehearsal.admit(batch))
      label = { tlp: strictestTlp([label.tlp, tlp]), pap: strictestPap([label.pap, papOf(facets)]) };
  }
  const { allowed, denied } = rehearsal.count();
  return allowed === 0 && denied > 0 ? undefined : label;
}

function refusal({ denied, deniedBy }: Exit['count']): ComityError {
  const rules = [...deniedBy].toSorted((a, b) => b[1] - a[1]).map(([rule, count]) => `${rule} (${count})`);
  return new ComityError('SHARING_REFUSED', `Cannot give any of ${denied} objects: ${rules.slice(0, 10).join(', ')}`, {
    details: { hint: 'comity share explain ID says why for each recipient' },
  });
}
