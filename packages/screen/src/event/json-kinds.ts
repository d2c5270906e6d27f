import type { JsonObject } from '@comity/protocol/base';
import type { SourceKind } from './source-kind.ts';
import { textAt } from './source-kind.ts';

/** JSON logs of services by members only they have together. */
const signs: readonly {
  readonly kind: SourceKind;
  readonly says: string;
  readonly is: (record: JsonObject) => boolean;
}[] = [
  {
    says: 'apiVersion audit.k8s.io/…',
    kind: {
      about: 'Kubernetes audit',
      logsources: [{ product: 'kubernetes', category: 'application', service: 'audit' }],
      fields: {},
    },
    is: (record) => textAt(record, 'apiVersion')?.startsWith('audit.k8s.io/') === true,
  },
  {
    says: 'logtype with node_id',
    kind: { about: 'OpenCanary', logsources: [{ product: 'opencanary', category: 'application' }], fields: {} },
    is: (record) => Object.hasOwn(record, 'logtype') && Object.hasOwn(record, 'node_id'),
  },
  {
    says: 'auditType',
    kind: { about: 'Bitbucket audit', logsources: [{ product: 'bitbucket', service: 'audit' }], fields: {} },
    is: (record) => Object.hasOwn(record, 'auditType') || Object.hasOwn(record, 'auditType.action'),
  },
  {
    says: '_document_id with action',
    kind: { about: 'GitHub audit', logsources: [{ product: 'github', service: 'audit' }], fields: {} },
    is: (record) => Object.hasOwn(record, '_document_id') && Object.hasOwn(record, 'action'),
  },
  {
    says: 'eventSource …amazonaws.com',
    kind: { about: 'AWS CloudTrail', logsources: [{ product: 'aws', service: 'cloudtrail' }], fields: {} },
    is: (record) => textAt(record, 'eventSource')?.endsWith('.amazonaws.com') === true,
  },
];
const unknown: SourceKind = { about: 'any other JSON or CSV', logsources: [], fields: {} };

/** What a JSON record of no format of ours is; of no log source when nothing tells. */
export function jsonKind(record: JsonObject): SourceKind {
  return signs.find(({ is }) => is(record))?.kind ?? unknown;
}

/** How they are told, for the page on Sigma. */
export const jsonSigns: readonly { readonly kind: SourceKind; readonly says: string }[] = signs;
