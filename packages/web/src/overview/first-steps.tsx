import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { screenFiles } from '../app/take-files.ts';
import { Button } from '../kit/button.tsx';
import { FilePick } from '../kit/file-pick.tsx';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';

/** What a new node says: the sample in one press, and the three ways to begin for real. */
export function FirstSteps(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const sample = useMutation({
    mutationFn: () => node.loadSample(),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <div className="first">
      <p className="first-lead">{say('first.lead')}</p>
      <div className="first-sample">
        <Button look="primary" onPress={() => sample.mutate()} isDisabled={sample.isPending}>
          {say(sample.isPending ? 'first.loading' : 'first.sample')}
        </Button>
        <p className="muted">{say('first.sample.text')}</p>
      </div>
      {sample.isError && <ProblemNote error={sample.error} />}
      <h2 className="first-title">{say('first.own')}</h2>
      <ol className="first-steps">
        <li>
          <Icon name="imports" />
          <h3>{say('first.feed')}</h3>
          <p className="muted">{say('first.feed.text')}</p>
          <Link className="button button-plain" to="/imports/feeds" search={{ add: true }}>
            {say('feeds.add')}
          </Link>
        </li>
        <li>
          <Icon name="file" />
          <h3>{say('first.log')}</h3>
          <p className="muted">{say('first.log.text')}</p>
          <FilePick name={say('first.log.pick')} onPick={(files) => void screenFiles(files, { words, navigate })} />
        </li>
        <li>
          <Icon name="folder" />
          <h3>{say('first.folder')}</h3>
          <p className="muted">{say('first.folder.text')}</p>
          <Link className="button button-plain" to="/screening" search={{ add: true }}>
            {say('sources.add')}
          </Link>
        </li>
      </ol>
    </div>
  );
}
