import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { kinds, objectTypes, seenSpans, states, tlps } from '../app/search.ts';
import type { IntelSearch } from '../app/search.ts';
import { intelSourcesQuery } from '../app/shared-queries.ts';
import { Button } from '../kit/button.tsx';
import { Choice } from '../kit/fields.tsx';
import { useWords } from '../words/use-words.ts';

const types = [...objectTypes, 'any'] as const;

export interface FilterSentenceProps {
  readonly search: IntelSearch;
  readonly onChange: (change: Partial<Record<keyof IntelSearch, unknown>>) => void;
  /** How many it finds, where known. */
  readonly count: number | undefined;
}

export function isFiltered(search: IntelSearch): boolean {
  return Object.entries(search).some(([name, value]) => name !== 'open' && value !== undefined);
}

/** The filters as the sentence they are: "indicators · domains · active · from any source · …". */
export function FilterSentence({ search, onChange, count }: FilterSentenceProps): JSX.Element {
  const { say, figures } = useWords();
  const sources = useQuery(intelSourcesQuery);
  const type = types.find((one) => one === search.type) ?? 'indicator';
  const any = 'any' as const;
  const set = (name: keyof IntelSearch) => (value: string) => onChange({ [name]: value === any ? undefined : value });
  return (
    <div className="filters" role="group" aria-label={say('filter.label')}>
      <Choice
        look="chip"
        label={say('filter.type')}
        idle={type === 'indicator'}
        value={type}
        items={types.map((id) => ({ id, name: say(`type.${id}`) }))}
        onChange={(id) => onChange({ type: id === 'indicator' ? undefined : id })}
      />
      <Choice
        look="chip"
        label={say('intel.kind')}
        value={search.kind ?? any}
        idle={search.kind === undefined}
        items={[{ id: any, name: say('filter.anyKind') }, ...kinds.map((id) => ({ id, name: say(`kind.${id}`) }))]}
        onChange={set('kind')}
      />
      <Choice
        look="chip"
        label={say('intel.state')}
        value={search.state ?? any}
        idle={search.state === undefined}
        items={[{ id: any, name: say('filter.anyState') }, ...states.map((id) => ({ id, name: say(`state.${id}`) }))]}
        onChange={set('state')}
      />
      <Choice
        look="chip"
        label={say('intel.sources')}
        value={search.source ?? any}
        idle={search.source === undefined}
        items={[
          { id: any, name: say('filter.anySource') },
          ...(sources.data?.rows ?? []).map(({ id, name }) => ({
            id,
            name: say('filter.from', { name }),
          })),
        ]}
        onChange={set('source')}
      />
      <Choice
        look="chip"
        label={say('match.marking')}
        value={search.tlp ?? any}
        idle={search.tlp === undefined}
        items={[
          { id: any, name: say('filter.anyTlp') },
          ...tlps.map((id) => ({ id, name: `TLP:${id.toUpperCase()}` })),
        ]}
        onChange={set('tlp')}
      />
      <Choice
        look="chip"
        label={say('filter.seen')}
        value={search.seen ?? any}
        idle={search.seen === undefined}
        items={[
          { id: any, name: say('filter.anyTime') },
          ...seenSpans.map((id) => ({ id, name: say(`filter.seen.${id}`) })),
        ]}
        onChange={set('seen')}
      />
      <Choice
        look="chip"
        label={say('intel.matches')}
        value={search.matched === undefined ? any : search.matched ? 'yes' : 'no'}
        idle={search.matched === undefined}
        items={[
          { id: any, name: say('filter.anyMatch') },
          { id: 'yes', name: say('filter.matched') },
          { id: 'no', name: say('filter.unmatched') },
        ]}
        onChange={(id) => onChange({ matched: id === any ? undefined : id === 'yes' })}
      />
      {isFiltered(search) && (
        <Button
          look="quiet"
          icon="close"
          onPress={() =>
            onChange({
              text: undefined,
              type: undefined,
              kind: undefined,
              state: undefined,
              source: undefined,
              tlp: undefined,
              seen: undefined,
              matched: undefined,
            })
          }
        >
          {say('filter.clear')}
        </Button>
      )}
      {count !== undefined && (
        <span className="filters-count muted figures" role="status">
          {say('filter.found', { count, shown: figures.count(count) })}
        </span>
      )}
    </div>
  );
}
