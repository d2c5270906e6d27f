import { ComityError } from '@comity/protocol/base';
import type { JSX } from 'react';
import type { Words } from '../words/use-words.ts';
import { useWords } from '../words/use-words.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { notify } from './notices.ts';
import { Untrusted } from './untrusted.tsx';

/** Codes for which the catalogue has its own sentence on what to do. */
const advised = [
  'NODE_UNREACHABLE',
  'NOT_SIGNED_IN',
  'NOT_ALLOWED',
  'NOT_FOUND',
  'CONFLICT',
  'TOO_MANY_REQUESTS',
  'INPUT_TOO_LARGE',
  'FORMAT_UNKNOWN',
  'ARCHIVE_BOMB',
  'ARCHIVE_MALFORMED',
  'ADDRESS_REFUSED',
  'REMOTE_FAILED',
  'FILE_UNREADABLE',
  'DATA_UNWRITABLE',
  'VALUE_MALFORMED',
  'MEMBER_MALFORMED',
  'MEMBER_UNPROVEN',
  'INVITATION_REFUSED',
  'SIGNATURE_REFUSED',
  'LEDGER_UNPROVEN',
  'ARGUMENT_INVALID',
  'MISP_MALFORMED',
  'ENCODING_MALFORMED',
] as const;

/** What happened, in the node's own words; what is safe and what to do, in the reader's language. */
function problemWords(error: unknown, { say }: Pick<Words, 'say'>): { happened: string; advice: string } {
  if (!(error instanceof ComityError)) return { happened: say('problem.bug'), advice: say('problem.bug.advice') };
  // An id that is none is in no address of the page: it leads nowhere, like one that is gone.
  const told = error.code === 'ID_MALFORMED' ? 'NOT_FOUND' : error.code;
  const code = advised.find((one) => one === told);
  return { happened: error.message, advice: code ? say(`problem.${code}`) : say('problem.other') };
}

/** Says at the foot of the page what went wrong with something asked for in passing; `what` is what it was about. */
export function notifyProblem(error: unknown, words: Pick<Words, 'say'>, what?: string): void {
  const { happened, advice } = problemWords(error, words);
  notify({ text: `${what === undefined ? '' : `${what}: `}${happened} ${advice}`, tone: 'failed' });
}

/** Asked again, the node would answer the same. */
const lasting = new Set<string>(['NOT_FOUND', 'NOT_ALLOWED', 'ARGUMENT_INVALID', 'ID_MALFORMED']);

export interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function ProblemNote({ error, onRetry }: ProblemNoteProps): JSX.Element {
  const words = useWords();
  const { happened, advice } = problemWords(error, words);
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <Untrusted text={happened} />
        </p>
        <p className="muted">{advice}</p>
      </div>
      {onRetry && !(error instanceof ComityError && lasting.has(error.code)) && (
        <Button icon="refresh" onPress={onRetry}>
          {words.say('act.retry')}
        </Button>
      )}
    </div>
  );
}
