import { timestampOfUs } from '../base/index.ts';
import type { StixId } from '../base/index.ts';
import type { MispAttribute } from './event.ts';
import { idOf } from './object-list.ts';
import type { MispLoss } from './loss-tally.ts';

/** An indicator the sender took back: what an earlier version of the event made of an attribute counts no more. */
export interface MispWithdrawal {
  readonly id: StixId;
  /** When the sender took it back, µs. */
  readonly atUs: number;
  /** A clause for people, to stand behind who says so: `deleted the attribute at …`. */
  readonly reason: string;
  readonly place: string;
  /** What is lost when there is nothing to take back; undefined: nothing is. */
  readonly loss: Omit<MispLoss, 'count'> | undefined;
}

export const deletedLoss = { field: 'Attribute (deleted)', reason: 'deleted at the sender' } as const;

/** @param atUs - when the attribute, or the object it is part of, was deleted. */
export function withdrawalOfDeleted({ uuid, place }: MispAttribute, atUs: number): MispWithdrawal {
  const reason = `its sender deleted the attribute at ${momentOf(atUs)}`;
  return { id: idOf('indicator', uuid), atUs, reason, place, loss: deletedLoss };
}

/** @param atUs - when the attribute changed last. */
export function withdrawalOfUnlisted({ uuid, place }: MispAttribute, atUs: number): MispWithdrawal {
  const reason = `its sender lists it no longer for detection (to_ids is off) since ${momentOf(atUs)}`;
  return { id: idOf('indicator', uuid), atUs, reason, place, loss: undefined };
}

function momentOf(us: number): string {
  const text = timestampOfUs(us);
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}
