import { z } from 'zod';
import { receiptEffects, receiptReasons } from '../peer/index.ts';
import { instant } from './shapes.ts';

/** What became of an object at one member. */
export const delivery = z
  .object({
    origin: z.string().describe('id of the member whose object it is'),
    member: z.string(),
    name: z.string(),
    state: z.enum(['lent', 'ended', 'recalled']),
    version: z.int(),
    sentAt: instant,
    leaseUntil: instant.optional().describe('when it ends there by itself, whatever happens'),
    receipt: z
      .object({ effect: z.enum(receiptEffects), reason: z.enum(receiptReasons).optional(), at: instant })
      .optional()
      .describe('what the member says it did; missing: it has not said anything yet'),
  })
  .meta({ id: 'Delivery' });
/** What became of an object at one member, as the API shows it. */
export type DeliveryView = z.infer<typeof delivery>;
