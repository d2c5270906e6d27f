import { Fragment } from 'react';
import type { JSX } from 'react';
import { findInRecord, visiblePieces } from '../words/visible-text.ts';
import { TextBlock } from './text-block.tsx';

/** In records and patterns a tab is no trick: it is shown as wide as it is. */
const tab = 'U+0009';

/** Untrusted text with its unseen characters made visible; isolated, so that it cannot turn the line around it. */
export function Untrusted({ text }: { readonly text: string }): JSX.Element {
  return (
    <bdi dir="auto">
      <Pieces text={text} />
    </bdi>
  );
}

/** The same within text that stands alone anyhow. */
function Pieces({ text }: { readonly text: string }): JSX.Element {
  const pieces = visiblePieces(text);
  return (
    <>
      {pieces.map((piece, index) =>
        piece.escaped === undefined ? (
          <Fragment key={index}>{piece.text}</Fragment>
        ) : piece.escaped === tab ? (
          <span key={index} className="tab-stop">
            {'\t'}
          </span>
        ) : (
          <span key={index} className="escape" title={piece.escaped}>
            {piece.text}
          </span>
        ),
      )}
    </>
  );
}

/** Text that is written in lines, as a rule is: its line ends are shown as such. */
export function Lines({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split('\n').map((line, index) => (
        <Fragment key={index}>
          {index > 0 && <br />}
          <Pieces text={line} />
        </Fragment>
      ))}
    </>
  );
}

export interface RecordTextProps {
  readonly record: string;
  /** Marked where it stands. */
  readonly value: string;
}

/** A record as it was read, with the value that matched marked in it. */
export function RecordText({ record, value }: RecordTextProps): JSX.Element {
  const found = findInRecord(record, value);
  return (
    <TextBlock look="record">
      {found ? (
        <>
          <Pieces text={record.slice(0, found.start)} />
          <mark className="found">
            <Pieces text={record.slice(found.start, found.end)} />
          </mark>
          <Pieces text={record.slice(found.end)} />
        </>
      ) : (
        <Pieces text={record} />
      )}
    </TextBlock>
  );
}
