import { ComityError } from '@comity/protocol/base';
import { comparePap, compareTlp, papLabel, strictestPap, strictestTlp, tlpLabel } from '@comity/protocol/markings';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { Channel } from '@comity/protocol/sharing';
import type { ExportFormat, ExportGate, StoredObject } from '../intel/index.ts';
import { listFormats } from '../lists/index.ts';
import { papOf } from '../sharing/index.ts';
import type { Exit, Recipient, Sharing } from '../sharing/index.ts';

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

/** An export is a file in the hands of whoever asked for it: how it travels on is not known, and it names sources. */
const fileChannel: Channel = { encrypted: false, hidesOrigin: false };

/** The owner's own copy: what its law lets it look at. */
export function ownGate(sharing: Pick<Sharing, 'openExit' | 'recipients'>): ExportGate {
  const recipient = sharing.recipients.get('owner');
  const exit = sharing.openExit({ recipient, action: 'show', channel: { encrypted: true, hidesOrigin: false } });
  return {
    admit: (objects) => exit.admit(objects),
    check: () => undefined,
    room: () => exit.room(),
    label: undefined,
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
): Promise<ExportGate> {
  const action = recipient.kind === 'public' ? 'publish' : 'forward';
  const options = { recipient, action, channel: fileChannel } as const;
  const exit = sharing.openExit(options);
  const label = await strictestOf(sharing.openExit({ ...options, isRehearsal: true }), objects());
  if (label === undefined) {
    // A refusal is kept as well as what leaves.
    for await (const batch of objects()) {
      exit.admit(batch);
      await exit.room();
    }
    throw refusal(exit.count);
  }
  const shown = `${tlpLabel(label.tlp)} ${papLabel(label.pap)}`;
  if (format !== 'stix') exit.guard.list(`# ${shown}\n`);
  return {
    // What came or was tightened since the label was found is left for the next time.
    admit: (batch) =>
      exit
        .admit(batch)
        .filter(({ tlp, facets }) => compareTlp(tlp, label.tlp) <= 0 && comparePap(papOf(facets), label.pap) <= 0),
    check: (text) => void exit.guard.stix(text),
    room: () => exit.room(),
    label: shown,
    forOthers: true,
  };
}

/** Of what passes a gate only what may be blocked, too: for a list that blocks what is in it. It says at its end what is not. */
export function blockGate(gate: ExportGate, recipient: Recipient, sharing: Pick<Sharing, 'openExit'>): ExportGate {
  const exit = sharing.openExit({ recipient, action: 'block', channel: fileChannel });
  return {
    ...gate,
    admit: (objects) => {
      const passed = gate.admit(objects);
      const blockable = new Set<unknown>(exit.admit(passed.map(({ object }) => object)).map(({ object }) => object));
      return passed.filter(({ object }) => blockable.has(object));
    },
    room: async () => void (await Promise.all([gate.room(), exit.room()])),
    closing: () => {
      const { denied, deniedBy } = exit.count;
      return denied === 0
        ? undefined
        : `${denied} objects may not be blocked and are not in it: ${[...deniedBy.keys()].toSorted().join(', ')}`;
    },
  };
}

interface Label {
  readonly tlp: Tlp;
  readonly pap: Pap;
}

/** The strictest labels of what may go; undefined when there is something and none of it may. */
async function strictestOf(
  rehearsal: Exit,
  objects: AsyncIterable<readonly StoredObject[]>,
): Promise<Label | undefined> {
  let label: Label = { tlp: 'clear', pap: 'clear' };
  for await (const batch of objects) {
    for (const { tlp, facets } of rehearsal.admit(batch))
      label = { tlp: strictestTlp([label.tlp, tlp]), pap: strictestPap([label.pap, papOf(facets)]) };
  }
  const { allowed, denied } = rehearsal.count;
  return allowed === 0 && denied > 0 ? undefined : label;
}

function refusal({ denied, deniedBy }: Exit['count']): ComityError {
  const rules = [...deniedBy].toSorted((a, b) => b[1] - a[1]).map(([rule, count]) => `${rule} (${count})`);
  return new ComityError('SHARING_REFUSED', `Cannot give any of ${denied} objects: ${rules.slice(0, 10).join(', ')}`, {
    details: { hint: 'comity share explain ID says why for each recipient' },
  });
}
