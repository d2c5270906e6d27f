import type { MemberId, StixId } from '@comity/protocol/base';
import type { Item } from '@comity/protocol/peer';

/** Ids an item is about. */
export function subjectOf(
  item: Item,
): { readonly id: StixId; readonly origin: MemberId; readonly version: number } | undefined {
  switch (item.kind) {
    case 'lent':
    case 'recalled':
      return item.statement;
    case 'ended':
      return { id: item.id, origin: item.origin, version: 0 };
    case 'renewed':
      return undefined;
  }
}
