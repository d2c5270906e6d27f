import type { Clock } from '@comity/protocol/base';

/** What somebody has to look at. */
const alarmKinds = {
  frozen: 'A log of this node signs nothing any more',
  stopped: 'The ledger of this node does not go on: what it needs cannot be read or written',
  'no-quorum': 'Too few witnesses answer, so what is new stays unpublished',
  'witness-fork': 'A witness says it knows another tree of our log',
  'unknown-size': 'A witness says our log is larger than we know',
  equivocation: 'A log told two stories: the evidence is kept',
  unproven: 'A log showed a checkpoint and did not prove in time that it only grew',
  withheld: 'A log does not hold an act somebody signed for',
  stale: 'A log shows no fresh checkpoint',
} as const;

/** One of {@link alarmKinds}. */
type AlarmKind = keyof typeof alarmKinds;

export interface Alarm {
  readonly kind: AlarmKind;
  /** What it is about: the origin of a log, the name of a witness. */
  readonly about: string;
  /** A sentence without its end. */
  readonly reason: string;
  /** Since when it holds. Milliseconds. */
  readonly since: number;
}

/** Alarms that hold. Nothing is sent from here: whoever tells people listens. */
export interface Alarms {
  list(): readonly Alarm[];
  /** Raises an alarm, or changes what one that holds says. */
  raise(kind: AlarmKind, about: string, reason: string): void;
  clear(kind: AlarmKind, about: string): void;
  /** Calls `fn` when one is raised or cleared. Returns how to stop. */
  onChange(fn: () => void): () => void;
}

export function createAlarms({ clock }: { readonly clock: Clock }): Alarms {
  const held = new Map<string, Alarm>();
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const keyOf = (kind: AlarmKind, about: string): string => `${kind} ${about}`;
  return {
    list: () => [...held.values()],
    raise(kind, about, reason) {
      const key = keyOf(kind, about);
      const before = held.get(key);
      if (before?.reason === reason) return;
      held.set(key, { kind, about, reason, since: before?.since ?? clock() });
      tell();
    },
    clear(kind, about) {
      if (held.delete(keyOf(kind, about))) tell();
    },
    onChange(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
}
