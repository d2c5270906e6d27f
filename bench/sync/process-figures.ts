import { readFileSync } from 'node:fs';

/** What a process took so far. Linux alone says it of another process. */
export interface ProcessFigures {
  /** User and system. */
  readonly cpuS: number;
  /** Most memory it had, MB. */
  readonly peakRssMb: number;
}

const ticksASecond = 100;

export function figuresOf(pid: number): ProcessFigures {
  if (process.platform !== 'linux') return { cpuS: Number.NaN, peakRssMb: Number.NaN };
  // The name of the program, in brackets, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const kib = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksASecond,
    peakRssMb: Math.round((Number(kib) * 1024) / 1e6),
  };
}
