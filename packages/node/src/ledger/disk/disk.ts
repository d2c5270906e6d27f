/** A file of a log and where it stands: a path below the folder of all logs, with `/`. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Where the files of logs are. What a web server gives out is exactly this. */
export interface Disk {
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Writes files, each whole or not at all, whoever reads meanwhile and whenever the power fails. When it resolves, all are durable; when it
   * rejects, any of them may be there.
   */
  write(files: readonly LogFile[]): Promise<void>;
  /** Removes files, and folders with all that is in them. What is not there is no error. */
  remove(paths: readonly string[]): Promise<void>;
}
