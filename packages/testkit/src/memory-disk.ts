/** Files in memory, by path. What is written stays, whatever becomes of whoever wrote it. */
export class MemoryDisk {
  readonly files = new Map<string, Uint8Array>();

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(path));
  }

  write(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void> {
    for (const { path, bytes } of files) this.files.set(path, Uint8Array.from(bytes));
    return Promise.resolve();
  }

  remove(paths: readonly string[]): Promise<void> {
    for (const path of this.files.keys())
      if (paths.some((removed) => path === removed || path.startsWith(`${removed}/`))) this.files.delete(path);
    return Promise.resolve();
  }
}
