import { EventEmitter } from 'node:events';

/** A stream that keeps what is written; `closeAfter` writes it breaks like a pipe whose reader has gone. */
export class FakeStream extends EventEmitter {
  text = '';
  writes = 0;
  isTTY = false;
  columns = 100;
  private readonly closeAfter: number;

  constructor(closeAfter = Number.POSITIVE_INFINITY) {
    super();
    this.closeAfter = closeAfter;
  }

  write(text: string): boolean {
    this.writes++;
    if (this.writes > this.closeAfter) {
      setImmediate(() => this.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })));
      return false;
    }
    this.text += text;
    return true;
  }
}
