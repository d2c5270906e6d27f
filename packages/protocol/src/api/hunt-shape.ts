import { z } from 'zod';
import { instant, kind } from './shapes.ts';

export const huntReport = z
  .object({
    values: z.array(
      z.object({
        value: z.string(),
        kind,
        noted: z.boolean().describe('false for what is never noted: only the records can tell'),
        places: z.array(
          z.object({
            sourceId: z.string(),
            sourceName: z.string(),
            from: instant,
            to: instant,
            times: z.int().describe('about how often, right to a factor of two'),
            basis: z
              .enum(['value', 'part'])
              .describe(
                'part: the host of a URL, the domain of an address or the /64 of a network; only records tell more',
              ),
          }),
        ),
        records: z.array(
          z.object({
            sourceId: z.string(),
            file: z.string(),
            line: z.int(),
            value: z.string(),
            field: z.string().optional(),
            record: z.string().describe('the record, at most 8 KiB, untrusted text'),
          }),
        ),
      }),
    ),
    left: z.int().describe('places and records beyond those given'),
    knownSince: instant.optional().describe('nothing is known of earlier hours'),
    damaged: z.array(z.object({ file: z.string(), reason: z.string() })).describe('what could not be asked'),
  })
  .meta({ id: 'HuntReport' });

/** Where and when values were seen. */
export type HuntReportView = z.infer<typeof huntReport>;
