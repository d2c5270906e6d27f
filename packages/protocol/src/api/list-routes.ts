import { z } from 'zod';
import { route } from './route.ts';

/** Forms in which other tools take values to look for, by their names in addresses. */
export const listFormats = [
  'values',
  'domains',
  'addresses',
  'urls',
  'md5',
  'sha1',
  'sha256',
  'hosts',
  'nftables',
  'zeek',
  'suricata-rules',
  'suricata-domains',
  'suricata-addresses',
  'csv',
  'stix',
] as const;

/** Name of a form. */
export type ListFormat = (typeof listFormats)[number];

/** Ways out for tools that fetch a file: sensors, firewalls, spreadsheets. */
export const listRoutes = {
  getList: route({
    method: 'GET',
    path: '/api/v1/lists/:collection/:format',
    summary: 'What the indicators in force of a collection list, as a file for another tool',
    scope: 'share',
    params: z.object({
      collection: z.string().max(63).describe('id or alias of a collection'),
      format: z.enum(listFormats),
    }),
    answer: 'bytes',
    mediaTypes: ['text/plain', 'text/csv', 'application/stix+json'],
    errors: ['NOT_FOUND', 'SHARING_REFUSED', 'TOO_MANY_REQUESTS'],
  }),
} as const;
