import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { Button } from '../kit/button.tsx';
import { Choice } from '../kit/fields.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { useWords } from '../words/use-words.ts';
import { ActivateLawDialog } from './activate-law-dialog.tsx';
import { DryRun, dryRunQuery } from './dry-run.tsx';
import { lawQuery } from './sharing-queries.ts';

const spans = ['7', '30', '90', '365'] as const;

export interface DryRunSectionProps {
  readonly text: string;
  /** The law can be read as it stands. */
  readonly isSound: boolean;
  readonly asked: { readonly text: string; readonly days: number } | undefined;
  readonly onAsk: (asked: { readonly text: string; readonly days: number }) => void;
  /** What people call the law; asked for where nobody has named it. */
  readonly name?: string;
  /** The word on the button that puts it in force, once what it changes was read. */
  readonly act: string;
}

/** First what a law would change, then, and only for the very text that was looked at, the way to put it in force. */
export function DryRunSection({ text, isSound, asked, onAsk, name, act }: DryRunSectionProps): JSX.Element {
  const { say } = useWords();
  const [days, setDays] = useState<(typeof spans)[number]>('30');
  const [asking, setAsking] = useState(false);
  const from = useQuery(lawQuery()).data?.entry.hash;
  const question = dryRunQuery({ text: asked?.text ?? '', days: asked?.days ?? 0, from });
  const run = useQuery({ ...question, enabled: asked !== undefined && from !== undefined });
  const isOfThis = asked?.text === text;
  const diff = isOfThis && run.data?.fromHash === from ? run.data : undefined;
  const ask = (): void => {
    if (isOfThis && asked.days === Number(days)) void run.refetch();
    else onAsk({ text, days: Number(days) });
  };
  return (
    <>
      <div className="law-acts">
        <Choice
          label={say('dryRun.days')}
          look="chip"
          value={days}
          onChange={setDays}
          items={spans.map((id) => ({ id, name: say('dryRun.lastDays', { count: Number(id) }) }))}
        />
        <Button
          look={diff === undefined ? 'primary' : 'plain'}
          icon="search"
          isDisabled={!isSound || run.isFetching}
          onPress={ask}
        >
          {say('dryRun.run')}
        </Button>
        <Button
          look={diff === undefined ? 'plain' : 'primary'}
          isDisabled={diff === undefined || !isSound || run.isFetching}
          onPress={() => setAsking(true)}
        >
          {act}
        </Button>
        {diff === undefined && <span className="muted small">{say('dryRun.first')}</span>}
      </div>
      {run.isLoading && <Skeleton />}
      {run.isError && isOfThis && <ProblemNote error={run.error} onRetry={() => void run.refetch()} />}
      {diff && <DryRun diff={diff} days={asked?.days ?? 0} />}
      {diff && (
        <ActivateLawDialog
          text={text}
          {...(name !== undefined && { name })}
          diff={diff}
          isOpen={asking}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
