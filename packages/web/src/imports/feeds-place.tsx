import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { FeedView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { feedsQuery } from '../app/shared-queries.ts';
import { Facts } from '../kit/beside.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { ReliabilityMark, TlpChip } from '../kit/chips.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Switch } from '../kit/fields.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { Panels } from '../kit/panels.tsx';
import { notifyProblem } from '../kit/problem-note.tsx';
import { FeedStatus } from '../kit/status.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { AddFeedForm } from './add-feed-form.tsx';
import { FeedProgress } from './feed-progress.tsx';
import { ImportsTabs } from './imports-tabs.tsx';
import { Pushes } from './pushes.tsx';

const route = getRouteApi('/imports/feeds');

/** Feeds pulled on a schedule: how each does, in words. */
export default function FeedsPlace(): JSX.Element {
  const { say } = useWords();
  const { add } = route.useSearch();
  const navigate = useNavigate();
  const feeds = useQuery(feedsQuery);
  const setAdding = (open: boolean): void => {
    void navigate({ to: '/imports/feeds', search: open ? { add: true } : {} });
  };
  const addFeed = (
    <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
      {say('feeds.add')}
    </Button>
  );
  return (
    <Place title={say('feeds.title')} heading={say('place.imports')} aside={<ImportsTabs />}>
      <Panels
        lead={say('feeds.lead')}
        none={{ title: say('feeds.none'), text: say('feeds.none.text') }}
        query={feeds}
        act={addFeed}
      >
        {(feed) => <Feed feed={feed} />}
      </Panels>
      <Pushes />
      <Dialog title={say('feeds.add')} isOpen={add === true} onClose={() => setAdding(false)}>
        <AddFeedForm onAdded={() => setAdding(false)} />
      </Dialog>
    </Place>
  );
}

function Feed({ feed }: { readonly feed: FeedView }): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const params = { id: feed.id };
  /** Shows what the node answered, or why it would not. */
  const act = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      notifyProblem(error, words);
    }
    void queries.invalidateQueries({ queryKey: ['feeds'] });
    void queries.invalidateQueries({ queryKey: ['overview'] });
  };
  const name = visibleText(feed.name);
  return (
    <li className="panel">
      <div className="panel-head">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <FeedStatus feed={feed} />
        <div className="panel-acts">
          <Switch isOn={feed.enabled} onChange={(enabled) => void act(node.changeFeed({ params, body: { enabled } }))}>
            {say('feed.scheduled')}
          </Switch>
          <Button
            icon="refresh"
            isDisabled={feed.status === 'pulling'}
            onPress={() => void act(node.pullFeed({ params }))}
          >
            {say('feed.pull')}
          </Button>
          <IconButton
            icon="trash"
            name={say('feed.remove', { name })}
            onPress={() =>
              void act(node.deleteFeed({ params }).then(() => notify({ text: say('feed.removed', { name }) })))
            }
          />
        </div>
      </div>
      <bdi className="mono muted break" dir="ltr">
        {visibleText(feed.url)}
      </bdi>
      {feed.status === 'failing' && feed.lastError !== undefined && (
        <div className="problem">
          <Icon name="warning" />
          <div>
            <p>
              <Untrusted text={feed.lastError} />
            </p>
            <p className="muted">{say('feed.failing.text')}</p>
          </div>
        </div>
      )}
      <Facts
        facts={[
          feed.nextPullAt === undefined || !feed.enabled
            ? undefined
            : [say('feed.next'), <Moment key="next" at={feed.nextPullAt} />],
          [say('feed.every'), say('feed.minutes', { count: feed.intervalMinutes })],
          [
            say('feed.objects'),
            <span key="objects" className="figures">
              {figures.count(feed.progress?.objects ?? feed.objectCount)}
            </span>,
          ],
          feed.collection === undefined
            ? undefined
            : [say('feed.collection'), <bdi key="collection">{visibleText(feed.collection)}</bdi>],
          feed.progress === undefined
            ? undefined
            : [say('feed.upTo'), <FeedProgress key="progress" progress={feed.progress} />],
          [say('source.format'), feed.format],
          [say('trust.reliability'), <ReliabilityMark key="grade" grade={feed.reliability} />],
          [say('trust.tlp'), <TlpChip key="tlp" tlp={feed.defaultTlp} />],
          feed.lastImportId === undefined
            ? undefined
            : [
                say('feed.lastReport'),
                <Link key="report" to="/imports/$id" params={{ id: feed.lastImportId }}>
                  {say('act.open')}
                </Link>,
              ],
        ]}
      />
    </li>
  );
}
