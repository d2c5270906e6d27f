import { ComityError } from '@comity/protocol/base';
import type { Intel, StoredObject } from '../intel/index.ts';
import type { AdmittedObject, Exit, Recipient, Sharing } from '../sharing/index.ts';
import { inputKeyOf } from './output-book.ts';
import { Telling, tellablesOf, whyUntold } from './tellable.ts';
import type { Tellable } from './tellable.ts';
import type { ToldMemory } from './told-memory.ts';

/** What may be told to one recipient, and what may not. */
export interface Collected {
  readonly recipient: string;
  readonly tellables: readonly Tellable[];
  readonly leftOut: number;
  readonly withheld: number;
  readonly withheldBy: Readonly<Record<string, number>>;
}

export interface CollectDeps {
  readonly intel: Pick<Intel, 'stored' | 'held'>;
  readonly sharing: Pick<Sharing, 'openExit'>;
  readonly told: ToldMemory;
  /** Called with what the guard stopped; it is withheld, and the rest goes on. */
  readonly onStopped: (error: ComityError) => void;
}

/** What goes to one recipient while objects are gone through. */
interface Door {
  readonly recipient: string;
  /** Decides, without a record. */
  readonly look: Exit;
  /** Records, when something is offered for the first time. */
  readonly exit: Exit;
  readonly telling: Telling;
  readonly untold: Map<string, number>;
}

/**
 * Goes through all indicators in force once, and collects what each recipient may be told: what could be handed to it, since whoever
 * asks for every value there is has a copy.
 *
 * @param signal - Undefined comes back when it was called off.
 */
export async function collectTellings(
  recipients: readonly Recipient[],
  valuesMax: number,
  signal: AbortSignal,
  deps: CollectDeps,
): Promise<readonly Collected[] | undefined> {
  const doors = recipients.map((recipient): Door => {
    // A record is sealed for its value, whatever way it takes.
    const options = { recipient, action: 'forward', channel: { encrypted: true, hidesOrigin: false } } as const;
    return {
      recipient: recipient.key,
      look: deps.sharing.openExit({ ...options, isRehearsal: true }),
      exit: deps.sharing.openExit(options),
      telling: new Telling(valuesMax),
      untold: new Map(),
    };
  });
  for await (const batch of deps.intel.stored({ type: 'indicator', state: 'active' })) {
    if (signal.aborted) return undefined;
    const tellables = readerOf(deps.intel);
    for (const door of doors) passBatch(door, batch, tellables, deps);
    await Promise.all(doors.map(({ exit }) => exit.room()));
  }
  return doors.map(({ recipient, look, telling, untold }) => {
    const withheldBy = new Map([...look.count.deniedBy, ...untold]);
    return {
      recipient,
      tellables: telling.list(),
      leftOut: telling.leftOut,
      withheld: look.count.denied + [...untold.values()].reduce((sum, count) => sum + count, 0),
      withheldBy: Object.fromEntries(withheldBy),
    };
  });
}

function passBatch(
  { recipient, look, exit, telling, untold }: Door,
  batch: readonly StoredObject[],
  tellables: (admitted: AdmittedObject) => readonly Tellable[],
  { told, onStopped }: CollectDeps,
): void {
  for (const admitted of look.admit(batch)) {
    const why = whyUntold(admitted) ?? stopped(admitted, exit, onStopped);
    if (why !== undefined) {
      untold.set(why, (untold.get(why) ?? 0) + 1);
      continue;
    }
    const values = tellables(admitted);
    if (values.length === 0) continue;
    if (!told.note(recipient, admitted.object)) exit.admit([admitted.object]);
    for (const tellable of values) telling.add(tellable);
  }
}

/** The second look, at the text a record is made of. */
function stopped(
  { text, definitions }: AdmittedObject,
  { guard }: Exit,
  onStopped: CollectDeps['onStopped'],
): string | undefined {
  try {
    for (const each of [...definitions, text]) guard.stix(each);
    return undefined;
  } catch (error) {
    if (!(error instanceof ComityError) || error.code !== 'SHARING_REFUSED') throw error;
    onStopped(error);
    return 'guard';
  }
}

/** Reads each object once, however many recipients may have it; without values the known-good gate holds back. */
function readerOf(intel: Pick<Intel, 'held'>): (admitted: AdmittedObject) => readonly Tellable[] {
  const read = new Map<StoredObject, readonly Tellable[]>();
  return (admitted) => {
    const known = read.get(admitted.object);
    if (known !== undefined) return known;
    const all = tellablesOf(admitted);
    const held = new Set(intel.held(all.map(({ value }) => value)).map(inputKeyOf));
    const free = held.size === 0 ? all : all.filter(({ value }) => !held.has(inputKeyOf(value)));
    read.set(admitted.object, free);
    return free;
  };
}
