import { chmodSync, rmSync, writeFileSync } from 'node:fs';

/** Says where a node runs and how commands get in: for its owner only from the first byte on, whatever was there. */
export function writeAccessFile(
  file: string,
  access: { readonly pid: number; readonly url: string; readonly token: string },
): void {
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(access)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
}
