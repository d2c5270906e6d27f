import type { Clock } from '@comity/protocol/base';
import type { FederationDeps } from '../../packages/node/src/federation/index.ts';
import type { AdmittedObject, Exit, ExitOptions } from '../../packages/node/src/sharing/index.ts';
import type { ShareableObject } from '../../packages/node/src/sharing/index.ts';

/**
 * The floor of the decision and nothing above it: what goes to a member, and what may be passed on to one. A law of one's own would only
 * take away from that, and takes a hundred times as long.
 */
export function openLightSharing(deps: {
  readonly clock: Clock;
  readonly hopsLeftOf: (object: Pick<ShareableObject, 'id' | 'text'>) => number | undefined;
}): FederationDeps['sharing'] {
  const edition = {};
  const law = { entry: { hash: '00'.repeat(32) } } as ReturnType<FederationDeps['sharing']['laws']['active']>;
  const mayGo = (object: ShareableObject): boolean => {
    const { own, tlp, recalled, leaseUntilUs } = object;
    if (tlp === 'red' || tlp === 'amber+strict' || recalled) return false;
    if (own) return true;
    if (leaseUntilUs !== undefined && leaseUntilUs <= deps.clock() * 1000) return false;
    return tlp !== 'amber' && (deps.hopsLeftOf(object) ?? 0) > 0;
  };
  const admit = (objects: readonly ShareableObject[]): AdmittedObject[] =>
    objects.filter(mayGo).map(
      (object) =>
        ({
          object,
          facets: { pap: 'green' },
          decision: { reasons: [{ ruleId: 'floor.tlp', citation: 'TLP 2.0' }] },
          tlp: object.tlp,
          text: object.text,
          definitions: [],
        }) as unknown as AdmittedObject,
    );
  return {
    edition: () => edition,
    laws: { active: () => law } as FederationDeps['sharing']['laws'],
    openArrivals: () => ({ takes: () => true }),
    openExit: (_options: ExitOptions) =>
      ({ admit, room: () => Promise.resolve(), guard: { peer: (item: string) => item } }) as unknown as Exit,
  };
}
