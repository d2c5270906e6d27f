import type { JSX } from 'react';
import type { IntelRow } from '@comity/protocol/api';
import { KindMark, StateMark, TlpChip } from '../kit/chips.tsx';
import { Moment } from '../kit/moment.tsx';
import type { Column } from '../kit/row-list.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import type { Words } from '../words/use-words.ts';

/** What a row is called: its first value, else its name. */
export function nameOfRow(row: IntelRow): string {
  return visibleText(row.values[0]?.value ?? (row.name || row.pattern || row.id));
}

export function intelColumns({ say, figures }: Words): readonly Column<IntelRow>[] {
  return [
    { name: 'value', header: say('intel.value'), cell: (row) => <RowName row={row} moreText={say} /> },
    {
      name: 'kind',
      header: say('intel.kind'),
      cell: (row) =>
        row.values[0] ? (
          <KindMark kind={row.values[0].kind} />
        ) : (
          <span className="kind clip">{visibleText(row.type)}</span>
        ),
    },
    {
      name: 'state',
      header: say('intel.state'),
      cell: (row) => <StateMark state={row.state} reason={row.stateReason} />,
    },
    { name: 'tlp', header: say('match.marking'), cell: (row) => <TlpChip tlp={row.tlp} /> },
    {
      name: 'sources',
      header: say('intel.sources'),
      cell: (row) => (
        <bdi className="clip" title={figures.list(row.sources)}>
          {visibleText(row.sources[0] ?? '')}
          {row.sourceCount > 1 && (
            <bdi className="muted" dir="ltr">
              {' '}
              {say('intel.more', { count: row.sourceCount - 1 })}
            </bdi>
          )}
        </bdi>
      ),
    },
    { name: 'seen', header: say('intel.lastListed'), cell: (row) => <Moment at={row.lastSeenAt} /> },
    {
      name: 'matches',
      header: say('intel.matches'),
      numeric: true,
      cell: (row) => (row.matchCount > 0 ? <b>{figures.count(row.matchCount)}</b> : <span className="muted">0</span>),
    },
  ];
}

interface RowNameProps {
  readonly row: IntelRow;
  readonly moreText: Words['say'];
}

function RowName({ row, moreText }: RowNameProps): JSX.Element {
  const first = row.values[0];
  const name = visibleText(row.name);
  if (first === undefined) {
    return name === '' || name === row.pattern ? (
      <ValueText value={row.pattern ?? ''} silent />
    ) : (
      <bdi className="clip">{name}</bdi>
    );
  }
  const named = name !== '' && name !== first.value;
  return (
    <>
      <ValueText value={first.value} port={first.port} />
      {row.valueCount > 1 && (
        <bdi className="muted nowrap" dir="ltr">
          {moreText('intel.more', { count: row.valueCount - 1 })}
        </bdi>
      )}
      {named && <bdi className="muted clip row-name">{name}</bdi>}
    </>
  );
}
