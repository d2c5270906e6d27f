import { useSyncExternalStore } from 'react';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'failed';
  /** Takes back what the notice tells of. */
  readonly undo?: () => void;
}

/** How long a notice stays, in ms; one that can be undone stays longer. */
const stayMs = { plain: 4000, undo: 12_000, failed: 12_000 };

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

/** Says what was done, at the foot of the page; at most three at a time. */
export function notify(notice: { text: string; tone?: Notice['tone']; undo?: () => void }): void {
  lastId += 1;
  const { text, tone = 'done', undo } = notice;
  const id = lastId;
  set([...notices.slice(-2), { id, text, tone, ...(undo ? { undo } : {}) }]);
  setTimeout(() => dismiss(id), undo ? stayMs.undo : tone === 'failed' ? stayMs.failed : stayMs.plain);
}

export function dismiss(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
}
