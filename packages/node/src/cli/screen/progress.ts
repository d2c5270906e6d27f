import { stat } from 'node:fs/promises';
import { filesBelow } from '@comity/screen';
import type { OpenedInput } from '@comity/screen';
import type { OutputStream } from './output.ts';

const redrawMs = 200;
const barCells = 20;

type ReadInput = Pick<OpenedInput, 'readBytes' | 'sizeBytes'>;

export interface Progress {
  /** Takes note of what was read; draws at most five times a second. */
  update(input: ReadInput, matches: number): void;
  /** An input is finished. */
  done(input: ReadInput): void;
  /** Takes the bar away, so that other text can be written to the terminal. */
  clear(): void;
}

const silent: Progress = { update: () => undefined, done: () => undefined, clear: () => undefined };

/**
 * A bar with rate and time left on a terminal; nothing elsewhere.
 *
 * The whole is the size of all files as they lie on the disk, measured before; standard input has no size and shows the
 * rate only.
 */
export async function createProgress(
  files: readonly string[],
  deps: { readonly stream: OutputStream; readonly clock: () => number },
): Promise<Progress> {
  const { stream, clock } = deps;
  if (stream.isTTY !== true) return silent;
  const totalBytes = files.length === 0 || files.includes('-') ? undefined : await sizeOf(files);
  const startMs = clock();
  let doneBytes = 0;
  let drawnMs = startMs;
  let isShown = false;
  return {
    update(input, matches) {
      const nowMs = clock();
      if (nowMs - drawnMs < redrawMs) return;
      drawnMs = nowMs;
      isShown = true;
      const bytes = doneBytes + input.readBytes();
      const line = progressLine({ bytes, totalBytes, elapsedMs: nowMs - startMs, matches });
      stream.write(`\r${line.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
    },
    done(input) {
      doneBytes += input.sizeBytes ?? input.readBytes();
    },
    clear() {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    for await (const file of filesBelow(path)) {
      try {
        if (file.error === undefined) bytes += (await stat(file.path)).size;
      } catch {
        // Opening it later says what is wrong; here it only counts for nothing.
      }
    }
  }
  return bytes;
}

/** `[=====>    ]  42 %  1.2 of 3.1 GB  350 MB/s  5 s left  12 matches` */
export function progressLine(state: {
  readonly bytes: number;
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
  readonly matches: number;
}): string {
  const { bytes, totalBytes, elapsedMs, matches } = state;
  const bytesPerMs = elapsedMs > 0 ? bytes / elapsedMs : 0;
  const rate = `${inUnits(bytesPerMs * 1000)}/s`;
  const found = `${matches} ${matches === 1 ? 'match' : 'matches'}`;
  if (totalBytes === undefined || totalBytes === 0) return `${inUnits(bytes)}  ${rate}  ${found}`;
  const share = Math.min(1, bytes / totalBytes);
  const cells = Math.floor(share * barCells);
  const bar = `${'='.repeat(cells)}${cells < barCells ? '>' : ''}`.padEnd(barCells);
  const leftSeconds = bytesPerMs > 0 ? Math.ceil(Math.max(0, totalBytes - bytes) / bytesPerMs / 1000) : undefined;
  const left = leftSeconds === undefined ? '' : `  ${inTime(leftSeconds)} left`;
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${inUnits(bytes)} of ${inUnits(totalBytes)}  ${rate}${left}  ${found}`;
}

/** Bytes with a decimal unit: `1.2 GB`. */
export function inUnits(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1e3;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1e3;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function inTime(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
