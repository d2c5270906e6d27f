/** Standard output or error as the command sees it; a test gives its own. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error' | 'drain' | 'close', listener: (error: Error) => void): unknown;
}

/** Buffered writing that waits for a slow reader and notices one that has gone. */
export interface Output {
  readonly isTerminal: boolean;
  /** The reader closed the pipe: nothing written from now on arrives anywhere. */
  readonly closed: boolean;
  write(text: string): void;
  /** Hands over what is buffered and waits until the reader has room again, or has gone. */
  flush(): Promise<void>;
  /** Stops listening to the stream. */
  release(): void;
  /** Any other failure of writing: no space, an I/O error. */
  readonly error: Error | undefined;
}

export function createOutput(stream: OutputStream): Output {
  let buffered = '';
  let closed = false;
  let failure: Error | undefined;
  const onError = (error: Error & { code?: string }): void => {
    closed = true;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure = error;
  };
  stream.on('error', onError);
  return {
    isTerminal: stream.isTTY === true,
    get closed() {
      return closed;
    },
    get error() {
      return failure;
    },
    write(text) {
      buffered += text;
    },
    async flush() {
      const text = buffered;
      buffered = '';
      if (text === '' || closed) return;
      if (stream.write(text)) {
        // A broken pipe is told in the next turn of the event loop, not by `write`.
        await new Promise((resolve) => setImmediate(resolve));
        return;
      }
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stream.removeListener('drain', done);
          stream.removeListener('close', done);
          stream.removeListener('error', done);
          resolve();
        };
        stream.once('drain', done);
        stream.once('close', done);
        stream.on('error', done);
        if (closed) done();
      });
    },
    release() {
      // The listener stays once the pipe is broken: late errors of the same kind would otherwise end the process.
      if (!closed) stream.removeListener('error', onError);
    },
  };
}
