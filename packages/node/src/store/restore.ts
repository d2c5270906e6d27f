/** Puts a backup into a data folder that holds no database yet; checks it first. */
export async function restoreBackup(_file: string, _dir: string): Promise<void> {
  throw new Error('being written');
}
