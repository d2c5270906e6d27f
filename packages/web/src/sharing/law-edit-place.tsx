import { ComityError } from '@comity/protocol/base';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Choice } from '../kit/fields.tsx';
import { Icon } from '../kit/icon.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Trail } from '../kit/trail.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { CodeField } from './code-field.tsx';
import { DryRunSection } from './dry-run-section.tsx';
import { keepDraft, useLawDraft } from './law-draft.ts';
import { lawQuery, useMayGovern } from './sharing-queries.ts';
import { useDebounced } from './use-debounced.ts';

/** A law is checked this long after the last key. */
const checkAfterMs = 400;
const inForce = '';

/** Where a law is written: from the one in force or one that comes with the program, checked as it is typed. */
export default function LawEditPlace(): JSX.Element {
  const { say } = useWords();
  const law = useQuery(lawQuery());
  const mayGovern = useMayGovern();
  return (
    <Place title={say('law.edit')} heading={<Trail from="sharing" name={say('law.edit')} />}>
      {law.isPending && <Skeleton />}
      {law.isError && <ProblemNote error={law.error} onRetry={() => void law.refetch()} />}
      {law.data && mayGovern && <Editor current={law.data.law.text} />}
      {!mayGovern && <p className="muted">{say('law.edit.notYours')}</p>}
    </Place>
  );
}

function Editor({ current }: { readonly current: string }): JSX.Element {
  const { say } = useWords();
  const draft = useLawDraft();
  const text = draft?.text ?? current;
  const check = useLawCheck(text);
  const begin = (from: string): void => {
    keepDraft({ text: from });
    if (draft !== undefined && draft.text !== from) notify({ text: say('law.begun'), undo: () => keepDraft(draft) });
  };
  return (
    <div className="law-edit">
      <p className="muted">{say('law.edit.text')}</p>
      <BeginWith text={text} current={current} onBegin={begin} />
      <CodeField
        label={say('law.text')}
        value={text}
        onChange={(next) => keepDraft({ ...draft, text: next })}
        error={check.error}
      />
      <p className="law-check" role="status">
        {check.rules !== undefined && (
          <span className="status status-done">
            <Icon name="check" />
            {say('law.sound', { count: check.rules })}
          </span>
        )}
      </p>
      {check.warnings.map((warning) => (
        <p key={warning} className="status finding-warning" lang="en">
          <Icon name="warning" />
          <Untrusted text={warning} />
        </p>
      ))}
      <DryRunSection
        text={text}
        isSound={check.rules !== undefined && text !== current}
        asked={draft?.asked}
        onAsk={(asked) => keepDraft({ text, asked })}
        act={say('law.activate')}
      />
    </div>
  );
}

interface LawCheck {
  /** How many rules it has; undefined while it is not known to be sound. */
  readonly rules?: number;
  readonly warnings: readonly string[];
  readonly error?: { readonly text: string; readonly line: number | undefined };
}

function useLawCheck(text: string): LawCheck {
  const settled = useDebounced(text, checkAfterMs);
  const { data, error } = useQuery({
    queryKey: ['law-check', settled],
    queryFn: ({ signal }) => node.checkLaw({ body: { text: settled } }, { signal }),
    enabled: settled !== '',
    staleTime: Infinity,
    gcTime: 10_000,
    refetchOnWindowFocus: false,
  });
  if (error instanceof ComityError) {
    const { line } = error.details;
    return { warnings: [], error: { text: error.message, line: typeof line === 'number' ? line : undefined } };
  }
  if (data === undefined || settled !== text) return { warnings: [] };
  return { rules: data.rules.length, warnings: data.warnings };
}

interface BeginWithProps {
  readonly text: string;
  readonly current: string;
  readonly onBegin: (text: string) => void;
}

function BeginWith({ text, current, onBegin }: BeginWithProps): JSX.Element {
  const { say } = useWords();
  const starters = useQuery({
    queryKey: ['law-starters'],
    queryFn: ({ signal }) => node.listStarterLaws({}, { signal }),
    staleTime: Infinity,
  });
  const rows = starters.data?.rows ?? [];
  const from = text === current ? inForce : rows.find((row) => row.text === text)?.name;
  const own = 'own';
  return (
    <Choice
      label={say('law.begin')}
      value={from ?? own}
      onChange={(chosen) =>
        onBegin(rows.find(({ name }) => name === chosen)?.text ?? (chosen === own ? text : current))
      }
      items={[
        ...(from === undefined ? [{ id: own, name: say('law.begin.own') }] : []),
        { id: inForce, name: say('law.begin.current') },
        ...rows.map(({ name }) => ({ id: name, name })),
      ]}
    />
  );
}
