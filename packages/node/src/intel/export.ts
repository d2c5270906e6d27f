import type { StixId } from '@comity/protocol/base';
import type { ListedValue } from '@comity/protocol/values';
import type { StoredObject } from './stored-object.ts';

export type ExportFormat = 'stix' | 'csv' | ListWriter;

/** A value as a list is told of it. */
export interface ListItem extends ListedValue {
  readonly indicator: StixId;
  /** Of its indicator; read when it is asked for. */
  readonly name: () => string | undefined;
}

/** How one list of values is written, in order. */
export interface ListWriter {
  /** Whether it may have lines that begin with `#` and say something to people. */
  readonly hasComments: boolean;
  readonly head: string;
  /** Undefined: such a list has no place for the value. */
  readonly item: (item: ListItem) => string | undefined;
  readonly foot: () => string;
}

/** What stands between the store and whoever an export is for. Nothing is written that did not pass. */
export interface ExportGate {
  /** Of some objects those that may be written, each with its text and with definitions that go before it. */
  admit(
    objects: readonly StoredObject[],
  ): readonly { readonly object: StoredObject; readonly text: string; readonly definitions: readonly string[] }[];
  /** Looks once more at the text of an object just before it is written. @throws {ComityError} to write nothing more. */
  check(text: string): void;
  /** Awaited between batches. */
  room(): Promise<void>;
  /** The strictest label of what is written, `TLP:GREEN PAP:AMBER`. Undefined: the owner's own copy bears none. */
  readonly label: string | undefined;
  /** What is said at the end of a list that has comments; undefined: nothing. */
  readonly closing?: () => string | undefined;
  /** Whether it leaves: then nothing is told that only other objects say, such as who else lists the same. */
  readonly forOthers: boolean;
}
