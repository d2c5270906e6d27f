import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { RecipientView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { Groups } from './groups.tsx';
import { RecipientForm } from './recipient-form.tsx';
import { recipientsChanged, recipientsQuery, useMayGovern } from './sharing-queries.ts';
import { SharingTabs } from './sharing-tabs.tsx';

const route = getRouteApi('/sharing/recipients');

/** Everybody objects may be given to, and the groups they are in. */
export default function RecipientsPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const { add } = route.useSearch();
  const navigate = useNavigate();
  const recipients = useQuery(recipientsQuery);
  const mayGovern = useMayGovern();
  const [changing, setChanging] = useState<RecipientView>();
  const setAdding = (open: boolean): void => {
    void navigate({ to: '/sharing/recipients', search: open ? { add: true } : {} });
  };
  const close = (): void => {
    setChanging(undefined);
    if (add === true) setAdding(false);
  };
  return (
    <Place title={say('recipients.title')} heading={say('place.sharing')} aside={<SharingTabs />}>
      <div className="panels-head">
        <p className="muted">{say('recipients.lead')}</p>
        {mayGovern && (
          <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
            {say('recipients.add')}
          </Button>
        )}
      </div>
      {recipients.isPending && <Skeleton />}
      {recipients.isError && <ProblemNote error={recipients.error} onRetry={() => void recipients.refetch()} />}
      {recipients.data && (
        <>
          <RowList
            label={say('recipients.title')}
            layout="rows-recipients"
            rows={recipients.data.rows}
            keyOf={({ key }) => key}
            columns={[
              ...columns(words, (id) => recipients.data.groups.find((group) => group.id === id)?.name ?? id),
              ...(mayGovern ? [acts(words, setChanging)] : []),
            ]}
            empty={null}
          />
          <Groups groups={recipients.data.groups} recipients={recipients.data.rows} mayGovern={mayGovern} />
        </>
      )}
      <Dialog
        title={say(changing === undefined ? 'recipients.add' : 'recipient.change')}
        isOpen={mayGovern && (add === true || changing !== undefined)}
        onClose={close}
      >
        <RecipientForm of={changing} onDone={close} />
      </Dialog>
    </Place>
  );
}

/** The owner and everybody are always there, and are nobody's to change. */
const isEntered = ({ kind }: RecipientView): boolean => kind !== 'owner' && kind !== 'public';

function columns({ say, figures }: Words, groupName: (id: string) => string): readonly Column<RecipientView>[] {
  const clipped = (text: string): JSX.Element => (
    <bdi className="clip" title={text}>
      {text}
    </bdi>
  );
  return [
    {
      name: 'name',
      header: say('recipient.name'),
      cell: ({ key, name }) => (
        <>
          <b className="clip">
            {key === 'owner' || key === 'public' ? say(`sharing.${key}`) : <Untrusted text={name} />}
          </b>
          <bdi className="clip muted mono" dir="ltr">
            {key}
          </bdi>
        </>
      ),
    },
    { name: 'kind', header: say('recipient.kind'), cell: ({ kind }) => say(`recipient.kind.${kind}`) },
    {
      name: 'sector',
      header: say('recipient.sector'),
      cell: ({ sector, country }) => clipped(visibleText([sector, country].filter((each) => each !== '').join(' · '))),
    },
    {
      name: 'groups',
      header: say('groups.title'),
      cell: ({ groups }) => clipped(figures.list(groups.map(groupName))),
    },
    {
      name: 'token',
      header: say('recipient.token'),
      cell: ({ tokenId }) => (
        <bdi className="clip mono muted" dir="ltr" title={tokenId}>
          {tokenId}
        </bdi>
      ),
    },
  ];
}

function acts(words: Words, onChange: (recipient: RecipientView) => void): Column<RecipientView> {
  const { say } = words;
  return {
    name: 'acts',
    header: say('recipient.acts'),
    cell: (recipient) =>
      isEntered(recipient) && (
        <>
          <IconButton
            icon="edit"
            name={say('recipient.changeOne', { name: recipient.name })}
            onPress={() => onChange(recipient)}
          />
          <IconButton
            icon="trash"
            name={say('feed.remove', { name: recipient.name })}
            onPress={() => void remove(recipient, words)}
          />
        </>
      ),
  };
}

async function remove(recipient: RecipientView, words: Words): Promise<void> {
  const { key, name, sector, country, tokenId } = recipient;
  const { groups } = await queries.fetchQuery(recipientsQuery);
  const theirs = groups.filter(({ members }) => members.includes(key));
  const putBack = async (): Promise<void> => {
    await node.saveRecipient({ body: { key, name, sector, country, ...(tokenId !== undefined && { tokenId }) } });
    for (const group of theirs) await node.saveRecipientGroup({ body: group });
  };
  const tell = (work: Promise<unknown>): Promise<void> =>
    work.then(recipientsChanged, (error: unknown) => {
      recipientsChanged();
      notifyProblem(error, words);
    });
  await tell(
    node
      .removeRecipient({ params: { id: key } })
      .then(() => notify({ text: words.say('recipient.removed', { name }), undo: () => void tell(putBack()) })),
  );
}
