import { useState } from 'react';
import type { JSX } from 'react';
import type { IntelRow } from '@comity/protocol/api';
import { defang } from '@comity/protocol/values';
import { node } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { copyText } from '../kit/copy.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import { ReleaseDialog } from '../imports/release-dialog.tsx';
import { useWords } from '../words/use-words.ts';
import { saveText } from './save-text.ts';

export interface BulkBarProps {
  readonly rows: readonly IntelRow[];
  readonly onClear: () => void;
}

/** What can be done with the chosen rows. */
export function BulkBar({ rows, onClear }: BulkBarProps): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [releasing, setReleasing] = useState(false);
  const values = rows.flatMap((row) => row.values.map(({ value }) => value));
  const heldBack = rows
    .filter((row) => row.state === 'held-back')
    .flatMap((row) => row.values.map(({ value }) => value));

  /** The objects byte for byte as they came, in one bundle. */
  const saveBundle = async (): Promise<void> => {
    try {
      const texts: string[] = [];
      for (const { id } of rows) texts.push((await node.getIntel({ params: { id } })).text);
      saveText(`{"type":"bundle","id":"bundle--${crypto.randomUUID()}","objects":[\n${texts.join(',\n')}\n]}\n`, {
        name: 'comity-chosen.json',
        type: 'application/stix+json',
      });
    } catch (error) {
      notifyProblem(error, words);
    }
  };
  return (
    <div className="bulk" role="toolbar" aria-label={say('bulk.label')}>
      <span className="bulk-count">{say('bulk.count', { count: rows.length })}</span>
      <Button
        icon="copy"
        onPress={() => void copyText(values.map(defang).join('\n'), say('copied.many', { count: values.length }))}
      >
        {say('act.copyDefanged')}
      </Button>
      <Button icon="export" onPress={() => void saveBundle()}>
        {say('bulk.export')}
      </Button>
      {heldBack.length > 0 && (
        <Button icon="release" onPress={() => setReleasing(true)}>
          {say('bulk.release', { count: heldBack.length })}
        </Button>
      )}
      <IconButton icon="close" name={say('bulk.clear')} onPress={onClear} />
      <ReleaseDialog values={heldBack} isOpen={releasing} onClose={() => setReleasing(false)} onReleased={onClear} />
    </div>
  );
}
