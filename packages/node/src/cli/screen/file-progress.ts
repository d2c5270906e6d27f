import type { FileCounts } from '@comity/screen';
import type { OutputStream } from './output.ts';
import { inUnits } from './progress.ts';

/** `1,204 files  3.1 GB read  1,100 unchanged  301 files/s  775 MB/s  2 matches` */
export function fileProgressLine(counts: FileCounts, elapsedMs: number): string {
  const { files, readBytes, unchangedFiles, readFiles, linkedFiles, matches } = counts;
  const perSecond = (count: number): number => (elapsedMs > 0 ? (count * 1000) / elapsedMs : 0);
  const done = readFiles + unchangedFiles + linkedFiles;
  return [
    `${grouped(done)} of ${grouped(files)} files`,
    `${inUnits(readBytes)} read`,
    ...(unchangedFiles > 0 ? [`${grouped(unchangedFiles)} unchanged`] : []),
    `${grouped(Math.round(perSecond(done)))} files/s`,
    `${inUnits(perSecond(readBytes))}/s`,
    `${grouped(matches)} ${matches === 1 ? 'match' : 'matches'}`,
  ].join('  ');
}

/** What a run did, in one sentence; what it left out is said with it. */
export function fileSummary(counts: FileCounts): string {
  const { files, readFiles, readBytes, unchangedFiles, linkedFiles } = counts;
  const parts = [
    `${grouped(readFiles)} read (${inUnits(readBytes)})`,
    ...(unchangedFiles > 0 ? [`${grouped(unchangedFiles)} unchanged since they were read`] : []),
    ...(linkedFiles > 0 ? [`${grouped(linkedFiles)} under another name`] : []),
    ...(counts.goneFiles > 0 ? [`${grouped(counts.goneFiles)} gone meanwhile`] : []),
  ];
  const left = [
    ...(counts.links > 0 ? [counted(counts.links, 'symbolic link', 'symbolic links')] : []),
    ...(counts.specials > 0 ? [counted(counts.specials, 'pipe, device or socket', 'pipes, devices and sockets')] : []),
    ...(counts.kernelFolders > 0
      ? [counted(counts.kernelFolders, 'folder of the kernel', 'folders of the kernel')]
      : []),
  ];
  const leftOut = left.length === 0 ? '' : `; left out: ${left.join(', ')}`;
  return `${counted(files, 'file', 'files')}: ${parts.join(', ')}${leftOut}`;
}

/** Redraws the line at most five times a second on a terminal; elsewhere nothing. */
export interface FileProgress {
  /** Takes the line away, so that other text can be written; it comes back. */
  clear(): void;
  end(): void;
}

const redrawMs = 200;

export function showFileProgress(
  counts: () => FileCounts,
  { stream, clock }: { readonly stream: OutputStream; readonly clock: () => number },
): FileProgress {
  if (stream.isTTY !== true) return { clear: () => undefined, end: () => undefined };
  const startMs = clock();
  let isShown = false;
  const clear = (): void => {
    if (isShown) stream.write('\r\u001b[K');
    isShown = false;
  };
  const timer = setInterval(() => {
    isShown = true;
    const line = fileProgressLine(counts(), clock() - startMs);
    stream.write(`\r${line.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
  }, redrawMs);
  return {
    clear,
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
