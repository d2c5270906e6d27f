import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { IconButton } from '../kit/button.tsx';
import { FilePick } from '../kit/file-pick.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

/** The lists of the known-good gate. */
export function KnownGoodLists(): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const lists = useQuery({ queryKey: ['known-good'], queryFn: ({ signal }) => node.listKnownGood({}, { signal }) });
  const refresh = (): void => {
    for (const key of ['known-good', 'held-back', 'intel', 'overview'])
      void queries.invalidateQueries({ queryKey: [key] });
  };
  const tell = (error: unknown): void => notifyProblem(error, words);
  const add = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      try {
        const list = await node.addKnownGood({ query: { name: file.name }, body: file });
        notify({ text: say('knownGood.added', { name: list.name, count: list.nowHeldBack }) });
      } catch (error) {
        tell(error);
      }
    }
    refresh();
  };
  const remove = (name: string): void => {
    node
      .deleteKnownGood({ params: { id: name } })
      .then(() => notify({ text: say('knownGood.removed', { name }) }), tell)
      .finally(refresh);
  };
  return (
    <section className="setting">
      <h2>{say('knownGood.title')}</h2>
      <p className="muted">{say('knownGood.text')}</p>
      {lists.isError && <ProblemNote error={lists.error} onRetry={() => void lists.refetch()} />}
      <ul className="lists">
        {lists.data?.rows.map((list) => (
          <li key={list.name}>
            <Link to="/imports/held-back" search={{ list: list.name }}>
              <bdi>{visibleText(list.name)}</bdi>
            </Link>
            <span className="muted">{list.kind}</span>
            <span className="figures list-entries">
              {say('knownGood.entries', { count: list.entries, shown: figures.count(list.entries) })}
            </span>
            <span className="muted small">{say('knownGood.version', { version: list.version })}</span>
            {list.builtIn ? (
              <span className="muted small">{say('knownGood.builtIn')}</span>
            ) : (
              <IconButton
                icon="trash"
                name={say('knownGood.remove', { name: list.name })}
                onPress={() => remove(list.name)}
              />
            )}
          </li>
        ))}
      </ul>
      <div>
        <FilePick name={say('knownGood.add')} onPick={(files) => void add(files)} />
      </div>
    </section>
  );
}
