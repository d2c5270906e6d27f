import { ComityError } from '@comity/protocol/base';
import { plain } from '../terminal.ts';
import type { OutputStream } from './output.ts';

/** What a screen says on standard error besides its matches. */
export interface Complaints {
  /** Whether anything failed. */
  readonly failed: boolean;
  readonly say: (text: string) => void;
  /** Says an operational error and remembers it; throws what is a bug. */
  readonly fail: (error: unknown) => void;
}

export function createComplaints(stderr: OutputStream): Complaints {
  let failed = false;
  const say = (text: string): void => {
    stderr.write(`comity screen: ${plain(text)}\n`);
  };
  return {
    get failed() {
      return failed;
    },
    say,
    fail(error) {
      if (!(error instanceof ComityError)) throw error;
      failed = true;
      say(error.message);
    },
  };
}
