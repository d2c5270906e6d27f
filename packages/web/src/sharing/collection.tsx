import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { listFormats } from '@comity/protocol/api';
import type { CollectionView, ListFormat } from '@comity/protocol/api';
import { objectTypes } from '../app/search.ts';
import { intelSourcesQuery } from '../app/shared-queries.ts';
import { Facts } from '../kit/beside.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { copyText } from '../kit/copy.ts';
import { Choice } from '../kit/fields.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { CollectionShares } from './collection-shares.tsx';
import { useAudience } from './use-audience.ts';

export interface CollectionProps {
  readonly collection: CollectionView;
  /** Undefined: whoever looks may not change it. */
  readonly acts: { readonly onChange: () => void; readonly onRemove: () => void } | undefined;
}

/** A collection: its filter as a sentence, who may ask for it, and the addresses others find it at. */
export function Collection({ collection, acts }: CollectionProps): JSX.Element {
  const { say } = useWords();
  const { description, audience, takesObjects, url, mispUrl, listsUrl } = collection;
  const title = visibleText(collection.title);
  const filter = useFilterSentence(collection);
  const named = useAudience(audience);
  const [isExplained, setExplained] = useState(false);
  const [form, setForm] = useState<ListFormat>('values');
  return (
    <li className="panel">
      <div className="panel-head">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {acts && (
          <div className="panel-acts">
            <IconButton icon="edit" name={say('recipient.changeOne', { name: title })} onPress={acts.onChange} />
            <IconButton icon="trash" name={say('feed.remove', { name: title })} onPress={acts.onRemove} />
          </div>
        )}
      </div>
      {description !== '' && (
        <p className="muted">
          <Untrusted text={description} />
        </p>
      )}
      <Facts
        facts={[
          [say('collection.holds'), filter],
          [say('collection.audience'), named.length === 0 ? say('collection.ownerAlone') : named.join(' · ')],
          takesObjects ? [say('collection.takes'), say('collection.takes.yes')] : undefined,
        ]}
      />
      <div className="addresses">
        <Address name="TAXII 2.1" url={url} />
        <Address name="MISP" url={mispUrl} />
        <Address
          name={
            <Choice
              label={say('collection.list')}
              look="chip"
              value={form}
              onChange={setForm}
              items={listFormats.map((id) => ({ id, name: say('collection.listAs', { form: id }) }))}
            />
          }
          url={`${listsUrl}${form}`}
        />
      </div>
      {isExplained ? (
        <section>
          <h3>{say('collection.whoGets')}</h3>
          <CollectionShares id={collection.id} />
        </section>
      ) : (
        <div>
          <Button look="quiet" icon="down" onPress={() => setExplained(true)}>
            {say('collection.whoGets')}
          </Button>
        </div>
      )}
    </li>
  );
}

function Address({ name, url }: { readonly name: JSX.Element | string; readonly url: string }): JSX.Element {
  const { say } = useWords();
  return (
    <div className="address">
      <span className="address-name">{name}</span>
      <bdi className="mono break" dir="ltr">
        {url}
      </bdi>
      <IconButton
        icon="copy"
        name={say('collection.copy', { url })}
        onPress={() => void copyText(url, say('copied.text'))}
      />
    </div>
  );
}

/** "Indicators · domain, URL · from any source". */
function useFilterSentence({ types, kinds, source }: CollectionView): string {
  const { say, figures } = useWords();
  const sources = useQuery(intelSourcesQuery);
  const typeName = (type: string): string => {
    const known = objectTypes.find((one) => one === type);
    return known === undefined ? type : say(`type.${known}`);
  };
  return [
    types.length === 0 ? say('type.any') : figures.list(types.map(typeName)),
    kinds.length === 0 ? say('filter.anyKind') : figures.list(kinds.map((kind) => say(`kind.${kind}`))),
    source === undefined
      ? say('filter.anySource')
      : say('filter.from', { name: sources.data?.rows.find(({ id }) => id === source)?.name ?? source }),
  ].join(' · ');
}
