import { useMutation, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { ComityError } from '@comity/protocol/base';
import { node } from '../app/node.ts';
import { saveText } from '../intel/save-text.ts';
import { Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import type { Checked } from './check-proof.ts';
import { useMemberName } from './use-member-name.ts';

export interface ProofCheckProps {
  readonly index: number;
  /** base64. */
  readonly entry: string;
}

/** The receipt of an act, to be saved, and to be checked here: by this browser, not by the node. */
export function ProofCheck({ index, entry }: ProofCheckProps): JSX.Element {
  const { say } = useWords();
  const proof = useQuery({
    queryKey: ['federation', 'proof', index],
    queryFn: async ({ signal }) => {
      try {
        return (await node.getLedgerProof({ params: { index } }, { signal })).proof;
      } catch (error) {
        // It is in no published checkpoint yet.
        if (error instanceof ComityError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },
    refetchInterval: (query) => (query.state.data === null ? 3000 : false),
  });
  const check = useMutation({
    mutationFn: async (text: string): Promise<Checked> => {
      const [{ checkProof }, { policy }, descriptor] = await Promise.all([
        import('./check-proof.ts'),
        node.getLedgerPolicy({ query: {} }),
        node.nodeDescriptor().then((answer) => answer.text()),
      ]);
      return checkProof({ proof: text, entry, policy, descriptor });
    },
  });
  const text = proof.data;
  return (
    <Section title={say('proof.title')}>
      {proof.isError && <ProblemNote error={proof.error} onRetry={() => void proof.refetch()} />}
      {text === null && <p className="muted">{say('proof.notYet')}</p>}
      {typeof text === 'string' && (
        <>
          {check.data === undefined && <p className="muted">{say('proof.text')}</p>}
          <div aria-live="polite">
            {check.data && <Found checked={check.data} />}
            {check.isError && (
              <div className="fed-notice fed-notice-critical" role="alert">
                <Icon name="alarm" />
                <div className="fed-notice-text">
                  <p className="strong">{say('proof.wrong')}</p>
                  <p lang="en">
                    <Untrusted text={check.error.message} />
                  </p>
                  <p className="muted">{say('proof.wrong.do')}</p>
                </div>
              </div>
            )}
          </div>
          <p className="section-foot">
            <Button icon="shield" isDisabled={check.isPending} onPress={() => check.mutate(text)}>
              {say(check.data === undefined ? 'proof.check' : 'proof.again')}
            </Button>
            <Button
              look="quiet"
              icon="export"
              onPress={() => saveText(text, { name: `entry-${index}.tlog-proof`, type: 'text/plain' })}
            >
              {say('proof.save')}
            </Button>
          </p>
        </>
      )}
    </Section>
  );
}

/** What was checked, in sentences: nobody has to know the words of the field to see what holds. */
function Found({ checked }: { readonly checked: Checked }): JSX.Element {
  const { say, figures } = useWords();
  const nameOf = useMemberName();
  const { index, size, entryBytes, witnesses, quorum, origin } = checked;
  return (
    <div className="fed-proof">
      <p className="status verdict-good strong">
        <Icon name="check" />
        {say('proof.right')}
      </p>
      <ul className="fed-list">
        <li>
          {say('proof.included', {
            bytes: figures.count(entryBytes),
            index: figures.count(index),
            size: figures.count(size),
          })}
        </li>
        <li>{say('proof.signed', { origin })}</li>
        <li>
          {quorum === 0
            ? say('proof.noQuorum')
            : say('proof.cosigned', { count: figures.count(witnesses.length), quorum: figures.count(quorum) })}
          {witnesses.length > 0 && (
            <ul>
              {witnesses.map(({ name, atMs }) => (
                <li key={name}>
                  <Untrusted text={nameOf(name)} />{' '}
                  {atMs !== undefined && (
                    <span className="muted">
                      <Moment at={new Date(atMs).toISOString()} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          )}
        </li>
      </ul>
      <p className="muted small">{say('proof.limits')}</p>
    </div>
  );
}
