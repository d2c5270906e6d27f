import { queryOptions, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { PushView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Facts } from '../kit/beside.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { Switch } from '../kit/fields.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

const pushesQuery = queryOptions({
  queryKey: ['pushes'],
  queryFn: ({ signal }) => node.listPushes({}, { signal }),
  refetchInterval: 5000,
});

/** Collections that are sent to TAXII servers elsewhere; nothing where there are none, since they are added by command. */
export function Pushes(): JSX.Element | null {
  const { say } = useWords();
  const { data } = useQuery(pushesQuery);
  if (data === undefined || data.rows.length === 0) return null;
  return (
    <section aria-label={say('pushes.title')}>
      <h2>{say('pushes.title')}</h2>
      <ul className="feeds">
        {data.rows.map((push) => (
          <Push key={push.id} push={push} />
        ))}
      </ul>
    </section>
  );
}

function Push({ push }: { readonly push: PushView }): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const params = { id: push.id };
  /** Shows what the node answered, or why it would not. */
  const act = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      notifyProblem(error, words);
    }
    void queries.invalidateQueries({ queryKey: ['pushes'] });
  };
  const name = visibleText(push.url);
  return (
    <li className="feed">
      <div className="feed-head">
        <h3>
          <bdi className="mono break" dir="ltr">
            {name}
          </bdi>
        </h3>
        <span>{say(push.status === 'failing' ? 'feed.failing' : `push.${push.status}`)}</span>
        <div className="feed-acts">
          <Switch isOn={push.enabled} onChange={(enabled) => void act(node.changePush({ params, body: { enabled } }))}>
            {say('feed.scheduled')}
          </Switch>
          <Button
            icon="refresh"
            isDisabled={push.status === 'pushing'}
            onPress={() => void act(node.runPush({ params }))}
          >
            {say('push.run')}
          </Button>
          <IconButton
            icon="trash"
            name={say('feed.remove', { name })}
            onPress={() => void act(node.removePush({ params }).then(() => notify({ text: say('push.removed') })))}
          />
        </div>
      </div>
      {push.status === 'failing' && push.lastError !== undefined && (
        <p className="problem">
          <Untrusted text={push.lastError} />
        </p>
      )}
      <Facts
        facts={[
          [say('push.to'), <bdi key="to">{push.recipient}</bdi>],
          [say('push.sent'), figures.count(push.sent)],
          push.failed === 0 ? undefined : [say('push.failed'), figures.count(push.failed)],
          push.reachedAt === undefined ? undefined : [say('push.upTo'), <Moment key="upTo" at={push.reachedAt} />],
        ]}
      />
    </li>
  );
}
