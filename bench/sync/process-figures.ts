import { readFileSync } from 'node:fs';

/** What a process took so far. Linux alone says it of another process. */
export interface ProcessFigures {
  /** User and system. */
  readonly cpuS: number;
  /** Most memory it had, MB, the program's own file and others it only reads included, which the system drops when it wants. */
  readonly peakRssMb: number;
}

/** The memory of a process while it is looked at, MB. */
export interface WatchedMemory {
  /** Most of what only giving back or ending frees: everything but pages of files. */
  readonly peakAnonMb: number;
}

const lookEveryMs = 100;

const ticksASecond = 100;

/** Looks at the memory of a process ten times a second until it is stopped: the system keeps no highest mark of this part. */
export function watchMemory(pid: number): { stop(): WatchedMemory } {
  let peakAnonMb = 0;
  const look = (): void => {
    peakAnonMb = Math.max(peakAnonMb, statusMb(pid, 'RssAnon'));
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return { peakAnonMb };
    },
  };
}

/** A line of what Linux says of a process in kibibytes, in MB; NaN elsewhere, and of a process that is gone. */
function statusMb(pid: number, line: string): number {
  if (process.platform !== 'linux') return Number.NaN;
  try {
    const kib = new RegExp(`^${line}:\\s*(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round((Number(kib) * 1024) / 1e6);
  } catch {
    return Number.NaN;
  }
}

export function figuresOf(pid: number): ProcessFigures {
  if (process.platform !== 'linux') return { cpuS: Number.NaN, peakRssMb: Number.NaN };
  // The name of the program, in brackets, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksASecond,
    peakRssMb: statusMb(pid, 'VmHWM'),
  };
}
