import { isJsonObject, parseJson, parseMemberId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { Federation, ListPlace } from '../../federation/index.ts';
import type { Intel } from '../../intel/index.ts';
import { numbersOfCursor } from '../cursor.ts';
import type { Handlers } from '../handler.ts';
import { deliveryView } from '../views/delivery-view.ts';
import { optional } from '../views/instants.ts';

export interface ExchangeRoutesDeps {
  readonly federation: Pick<Federation, 'given' | 'borrowed' | 'recalls'>;
  readonly intel: Pick<Intel, 'findStored'>;
  readonly nameOfMember: (member: MemberId) => string;
}

/** Longest text that is read for its name: a list is many of them. */
const charsMax = 64 * 1024;
const titleCharsMax = 200;
const recallsAtOnce = 20;

/** What goes to members and comes from them, object by object. */
export function exchangeRoutes({
  federation,
  intel,
  nameOfMember,
}: ExchangeRoutesDeps): Pick<Handlers, 'listGiven' | 'listLoans' | 'listRecalls'> {
  const titled = (id: string) => ({ object: id, ...optional('title', titleOf(intel.findStored(id)?.text)) });
  const memberOf = (id: string | undefined): MemberId | undefined => (id === undefined ? undefined : parseMemberId(id));
  return {
    listGiven({ query: { member, state, cursor, limit } }) {
      const rows = federation.given({ member: memberOf(member), state, before: placeOf(cursor), limit });
      return {
        rows: rows.map((row) => ({ ...titled(row.id), ...deliveryView(row, nameOfMember), isTaken: row.isTaken })),
        ...optional('next', nextOf(rows, limit)),
      };
    },
    listLoans({ query: { member, cursor, limit } }) {
      const rows = federation.borrowed({ member: memberOf(member), before: placeOf(cursor), limit });
      return {
        rows: rows.map(({ id, sender, origin, tlp, hops, receivedUs, leaseUntilUs }) => ({
          ...titled(id),
          member: sender,
          name: nameOfMember(sender),
          origin,
          originName: nameOfMember(origin),
          tlp,
          hops,
          receivedAt: timestampOfUs(receivedUs),
          leaseUntil: timestampOfUs(leaseUntilUs),
        })),
        ...optional('next', nextOf(rows, limit)),
      };
    },
    listRecalls({ query: { cursor } }) {
      const rows = federation.recalls(placeOf(cursor)?.[0], recallsAtOnce);
      const last = rows.length === recallsAtOnce ? rows.at(-1)?.place : undefined;
      return {
        rows: rows.map(({ id, reason, deliveries }) => ({
          ...titled(id),
          ...optional('reason', reason),
          deliveries: deliveries.map((each) => deliveryView(each, nameOfMember)),
        })),
        ...optional('next', last === undefined ? undefined : `${last}.0`),
      };
    },
  };
}

/** What an object is called; of one without a name its pattern. */
function titleOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > charsMax) return undefined;
  const object = parseJson(text, charsMax);
  if (!isJsonObject(object)) return undefined;
  const title = [object['name'], object['pattern']].find((each) => typeof each === 'string' && each !== '');
  return typeof title === 'string' ? title.slice(0, titleCharsMax) : undefined;
}

/** @throws {ComityError} `ARGUMENT_INVALID`. */
function placeOf(cursor: string | undefined): ListPlace | undefined {
  if (cursor === undefined) return undefined;
  const [first, second] = numbersOfCursor(cursor, 2);
  return [first!, second!];
}

function nextOf(rows: readonly { readonly place: ListPlace }[], limit: number): string | undefined {
  return rows.length === limit ? rows.at(-1)?.place.join('.') : undefined;
}
