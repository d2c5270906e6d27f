import { timestampOfUs } from '../base/index.ts';
import type { JsonObject, StixId } from '../base/index.ts';
import { aliasedTypes } from './attribute-kind.ts';
import type { MispCluster } from './event.ts';
import { idOf } from './object-list.ts';
import { uuidOfText } from './uuid.ts';

/**
 * Objects that stand on thousands of events. Their version is their own and not the event's, so that all of them make one
 * object, created by no event's author: counted in seconds of 1970, which grow with it and claim nothing about a time.
 */
interface SharedObject {
  readonly id: StixId;
  readonly properties: JsonObject;
}

/** @param type - what the cluster's galaxy is in STIX. */
export function clusterObject(cluster: MispCluster, type: string): SharedObject {
  const aliases = cluster.synonyms.length > 0 && aliasedTypes.has(type);
  return {
    id: idOf(type, cluster.uuid),
    properties: {
      created: timestampOfUs(0),
      modified: timestampOfUs(cluster.version * 1_000_000),
      name: cluster.value,
      ...(cluster.description === '' ? {} : { description: cluster.description }),
      ...(type === 'malware' ? { is_family: true } : {}),
      ...(type === 'identity' ? { identity_class: 'class' } : {}),
      ...(aliases ? { aliases: [...cluster.synonyms] } : {}),
      labels: [`misp:galaxy="${cluster.galaxy}"`],
    },
  };
}

/** @param uuid - undefined: one is derived from the name. */
export function organisationObject(name: string, uuid: string | undefined): SharedObject {
  return {
    id: idOf('identity', uuid ?? uuidOfText(`organisation\n${name}`)),
    properties: { created: timestampOfUs(0), modified: timestampOfUs(0), name, identity_class: 'organization' },
  };
}
