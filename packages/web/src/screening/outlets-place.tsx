import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutletView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Facts } from '../kit/beside.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Switch } from '../kit/fields.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { Panels } from '../kit/panels.tsx';
import { notifyProblem } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { AddOutletForm } from './add-outlet-form.tsx';
import { OutletStatus } from './outlet-status.tsx';
import { ScreeningTabs } from './screening-tabs.tsx';

const route = getRouteApi('/screening/outlets');

/** Where matches are sent on their own: how each does, and what was kept here. */
export default function OutletsPlace(): JSX.Element {
  const { say } = useWords();
  const { add } = route.useSearch();
  const navigate = useNavigate();
  const outlets = useQuery({
    queryKey: ['outlets'],
    queryFn: ({ signal }) => node.listOutlets({}, { signal }),
    // What waits grows with every match, of which no event tells.
    refetchInterval: 5000,
  });
  const setAdding = (open: boolean): void => {
    void navigate({ to: '/screening/outlets', search: open ? { add: true } : {} });
  };
  const addOutlet = (
    <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
      {say('outlets.add')}
    </Button>
  );
  return (
    <Place title={say('outlets.title')} heading={say('place.screening')} aside={<ScreeningTabs />}>
      <Panels
        lead={say('outlets.lead')}
        none={{ title: say('outlets.none'), text: say('outlets.none.text') }}
        query={outlets}
        act={addOutlet}
      >
        {(outlet) => <Outlet outlet={outlet} />}
      </Panels>
      <Dialog title={say('outlets.add')} isOpen={add === true} onClose={() => setAdding(false)}>
        <AddOutletForm onDone={() => setAdding(false)} />
      </Dialog>
    </Place>
  );
}

function Outlet({ outlet }: { readonly outlet: OutletView }): JSX.Element {
  const words = useWords();
  const { say } = words;
  const params = { id: outlet.id };
  const name = visibleText(outlet.name);
  /** Shows what the node answered, or why it would not. */
  const act = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      notifyProblem(error, words);
    }
    void queries.invalidateQueries({ queryKey: ['outlets'] });
  };
  const setEnabled = (enabled: boolean): void => {
    const { id, kind, form, recipient, alarmsOnly, allowPrivate } = outlet;
    void act(
      node.saveOutlet({
        body: { id, name: outlet.name, kind, form, recipient, alarmsOnly, allowPrivate, enabled },
      }),
    );
  };
  const test = async (): Promise<void> => {
    const { sent, reason = '' } = await node.testOutlet({ params });
    notify({ text: sent ? say('outlet.tested', { name }) : say('outlet.untested', { reason: visibleText(reason) }) });
  };
  return (
    <li className="panel">
      <div className="panel-head">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <OutletStatus outlet={outlet} />
        <div className="panel-acts">
          <Switch isOn={outlet.enabled} onChange={setEnabled}>
            {say('outlet.on')}
          </Switch>
          <Button icon="http" onPress={() => void act(test())}>
            {say('outlet.test')}
          </Button>
          <IconButton
            icon="trash"
            name={say('feed.remove', { name })}
            onPress={() =>
              void act(node.removeOutlet({ params }).then(() => notify({ text: say('outlet.removed', { name }) })))
            }
          />
        </div>
      </div>
      <bdi className="mono muted break" dir="ltr">
        {visibleText(outlet.address)}
      </bdi>
      <OutletTrouble outlet={outlet} />
      <OutletFacts outlet={outlet} />
    </li>
  );
}

/** Why nothing gets through, and what was kept here or lost. */
function OutletTrouble({ outlet }: { readonly outlet: OutletView }): JSX.Element {
  const { say } = useWords();
  const rules = outlet.withheldBy.map(({ rule, count }) => `${rule} (${count})`).join(', ');
  return (
    <>
      {outlet.status === 'failing' && outlet.lastError !== undefined && (
        <div className="problem">
          <Icon name="warning" />
          <div>
            <p>
              <Untrusted text={outlet.lastError} />
            </p>
            <p className="muted">{say('outlet.failing.text')}</p>
          </div>
        </div>
      )}
      {outlet.withheld > 0 && (
        <p>
          {say('outlet.withheld.text', { count: outlet.withheld })} <bdi className="mono muted">{rules}</bdi>
        </p>
      )}
      {outlet.lost > 0 && <p>{say('outlet.lost.text', { count: outlet.lost })}</p>}
    </>
  );
}

function OutletFacts({ outlet }: { readonly outlet: OutletView }): JSX.Element {
  const { say, figures } = useWords();
  const figure = (count: number): JSX.Element => <span className="figures">{figures.count(count)}</span>;
  return (
    <Facts
      facts={[
        [say('outlet.sent'), figure(outlet.sent)],
        [say('outlet.backlog'), figure(outlet.waiting)],
        outlet.lastSentAt === undefined
          ? undefined
          : [say('outlet.lastSent'), <Moment key="last" at={outlet.lastSentAt} />],
        outlet.nextTryAt === undefined || !outlet.enabled
          ? undefined
          : [say('outlet.nextTry'), <Moment key="next" at={outlet.nextTryAt} />],
        [
          say('outlet.recipient'),
          <bdi key="recipient" dir="ltr">
            {visibleText(outlet.recipient)}
          </bdi>,
        ],
        [say('outlet.form'), say(`outlet.form.${outlet.form}`)],
        [say('outlet.which'), say(outlet.alarmsOnly ? 'outlet.alarms' : 'outlet.all')],
      ]}
    />
  );
}
