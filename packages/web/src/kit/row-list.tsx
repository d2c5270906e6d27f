import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { CSSProperties, JSX, ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';
import { useRowKeys } from './use-row-keys.ts';

export interface Column<T> {
  /** Also its class, `col-…`: the list's style sheet gives it its place. */
  readonly name: string;
  readonly header: string;
  readonly numeric?: boolean;
  readonly cell: (row: T) => ReactNode;
}

export interface RowListProps<T> {
  /** Its name for those who hear it. */
  readonly label: string;
  /** `rows-…` class that lays out its columns. */
  readonly layout: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly columns: readonly Column<T>[];
  /** Key of the row whose inspector is open. */
  readonly openKey?: string | undefined;
  readonly onOpen?: (row: T) => void;
  readonly chosen?: ReadonlySet<string>;
  readonly onToggle?: (row: T) => void;
  readonly nameOf?: (row: T) => string;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
  /** How many there are in all, where known. */
  readonly total?: number | undefined;
  readonly empty: ReactNode;
  /** Told whether the reader is at the top and not pointing at a row: then new rows may come in. */
  readonly onRest?: (atRest: boolean) => void;
}

const rowPixels = 36;
/** More rows are asked for when fewer than this many are left below. */
const rowsAhead = 40;

/**
 * A list of any length: only the rows on the screen exist. One row has the focus; j, k and the arrows move it, Enter
 * opens it, x chooses it, i looks its value up.
 */
export function RowList<T>(props: RowListProps<T>): JSX.Element {
  const { label, layout, rows, keyOf, columns, openKey, onOpen, chosen, onToggle, hasMore = false, onMore } = props;
  const { say } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPixels,
    getItemKey: (index) => keyOf(rows[index]!),
    overscan: 10,
  });
  const keys = useRowKeys({ rows, keyOf, onOpen, onToggle, openKey }, { frame, scrollTo: virtual.scrollToIndex });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - rowsAhead) onMore?.();
  }, [hasMore, lastShown, rows.length, onMore]);

  const pointed = useRef(false);
  const tellRest = (): void => props.onRest?.(!pointed.current && (frame.current?.scrollTop ?? 0) < 8);
  const point = (inside: boolean): void => {
    pointed.current = inside;
    tellRest();
  };
  return (
    <div
      ref={frame}
      className={`rows ${layout}`}
      style={{ '--rows-body': `${virtual.getTotalSize()}px` } as CSSProperties}
      onScroll={tellRest}
      onPointerEnter={() => point(true)}
      onPointerLeave={() => point(false)}
    >
      <div
        role="grid"
        tabIndex={-1}
        aria-label={label}
        aria-rowcount={props.total ?? (hasMore ? -1 : rows.length)}
        aria-multiselectable={chosen !== undefined || undefined}
        onKeyDown={keys.onKeyDown}
      >
        <div role="rowgroup" className="rows-head">
          <div role="row" className="row-cells">
            {chosen && (
              <span role="columnheader" className="cell col-choose">
                <span className="unseen">{say('list.chosen')}</span>
              </span>
            )}
            {columns.map((column) => (
              <span key={column.name} role="columnheader" className={cellClass(column)}>
                {column.header}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="rows-body" style={{ blockSize: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            const key = keyOf(row);
            return (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around has the keys of all rows
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={item.index}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={chosen ? chosen.has(key) : undefined}
                aria-current={key === openKey || undefined}
                tabIndex={item.index === keys.active ? 0 : -1}
                className="row"
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={(event) => {
                  keys.setActive(item.index);
                  if (!isControl(event.target)) onOpen?.(row);
                }}
                onFocus={() => keys.setActive(item.index)}
              >
                <div className="row-cells" role="presentation">
                  {chosen && (
                    <span role="gridcell" className="cell col-choose">
                      <button
                        type="button"
                        tabIndex={-1}
                        className={chosen.has(key) ? 'tick tick-on' : 'tick'}
                        aria-pressed={chosen.has(key)}
                        aria-label={say('list.choose', { name: props.nameOf?.(row) ?? key })}
                        onClick={() => onToggle?.(row)}
                      >
                        <Icon name="check" />
                      </button>
                    </span>
                  )}
                  {columns.map((column) => (
                    <span key={column.name} role="gridcell" className={cellClass(column)} data-header={column.header}>
                      {column.cell(row)}
                    </span>
                  ))}
                </div>
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && props.empty}
    </div>
  );
}

function cellClass<T>(column: Column<T>): string {
  return `cell col-${column.name}${column.numeric ? ' cell-number' : ''}`;
}

/** A press on a control within a row is the control's own. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button, a, input') !== null;
}
