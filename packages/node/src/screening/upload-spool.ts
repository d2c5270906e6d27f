import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';

/** Uploads are kept here until they are judged. */
const folderName = 'spool';

/** The files of uploads between arriving and being judged. */
export class UploadSpool {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, folderName);
  }

  /** Removes what no source names: an upload that broke off, or was judged just before a crash. */
  clean(named: ReadonlySet<string>): void {
    if (!existsSync(this.#dir)) return;
    for (const name of readdirSync(this.#dir)) {
      const path = join(this.#dir, name);
      if (!named.has(path)) this.remove(path);
    }
  }

  /**
   * Writes a body to the disk and returns its path once it is durable there.
   *
   * @throws {ComityError} `INPUT_TOO_LARGE` beyond `bytesMax`, `DATA_UNWRITABLE`; what the body throws passes through.
   */
  async write(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
    const path = join(this.#dir, `upload-${randomUUID()}`);
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      const file = await open(path, 'wx', 0o600);
      try {
        let bytes = 0;
        for await (const chunk of body) {
          bytes += chunk.length;
          if (bytes > bytesMax) {
            throw new ComityError('INPUT_TOO_LARGE', `Cannot screen the file: it is larger than ${bytesMax} bytes`);
          }
          await file.writeFile(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      syncFolder(this.#dir);
      return path;
    } catch (error) {
      rmSync(path, { force: true });
      const code = (error as NodeJS.ErrnoException).code;
      if (error instanceof ComityError || (code !== 'ENOSPC' && code !== 'EACCES' && code !== 'EROFS')) throw error;
      throw new ComityError('DATA_UNWRITABLE', `Cannot keep the upload: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Removes a file that was judged; one that cannot be removed now goes at the next start. */
  remove(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

/** Makes the name of a new file durable. */
function syncFolder(dir: string): void {
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
