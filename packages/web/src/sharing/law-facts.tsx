import type { JSX } from 'react';
import type { LawEntryView } from '@comity/protocol/api';
import { Facts } from '../kit/beside.tsx';
import { Moment } from '../kit/moment.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { useWords } from '../words/use-words.ts';

/** Whether it is in force, since when and by whom, and the hash decisions name it by. */
export function LawFacts({ entry }: { readonly entry: LawEntryView }): JSX.Element {
  const { say } = useWords();
  const { name, hash, state, proposedBy, proposedAt, activatedBy, activatedAt } = entry;
  // The law a node starts with was put in force by nobody: it has no time.
  const came = activatedAt !== undefined && Date.parse(activatedAt) > 0;
  return (
    <Facts
      facts={[
        [say('law.name'), <Untrusted key="name" text={name} />],
        [say('law.state'), say(`law.${state}`)],
        state === 'proposed' || (came && proposedAt !== activatedAt)
          ? [say('law.proposedBy'), <ByAt key="proposed" by={proposedBy} at={proposedAt} />]
          : undefined,
        came ? [say('law.activatedBy'), <ByAt key="active" by={activatedBy ?? ''} at={activatedAt} />] : undefined,
        [say('law.hash'), <ValueText key="hash" value={hash} silent />],
      ]}
    />
  );
}

function ByAt({ by, at }: { readonly by: string; readonly at: string }): JSX.Element {
  return (
    <>
      <Untrusted text={by} /> <Moment at={at} form="both" />
    </>
  );
}
