import type { MispAttribute, MispObject } from './event.ts';

/** An address of an object with the ports the object states for it. */
export interface Endpoint {
  readonly addressType: 'ip-src' | 'ip-dst';
  readonly ports: readonly string[];
  /** When the latest of address and ports changed, deleted ports included, µs: what it means changed then. */
  readonly changedUs: number | undefined;
}

/** Addresses and ports that say something only together. */
export interface Endpoints {
  readonly ofAddress: ReadonlyMap<MispAttribute, Endpoint>;
  /** Port attributes that went into one, and are nothing by themselves. */
  readonly used: ReadonlySet<MispAttribute>;
}

const none: Endpoints = { ofAddress: new Map(), used: new Set() };
const portRelation = { 'ip-src': 'src-port', 'ip-dst': 'dst-port' } as const;

/**
 * Which attributes of a MISP object belong together: in the template `ip-port` an address means the address at the port on
 * its side. Read apart they would be an address at every port, and every address at a port.
 */
export function endpointsOf(object: MispObject): Endpoints {
  if (object.name !== 'ip-port') return none;
  const ofAddress = new Map<MispAttribute, Endpoint>();
  const used = new Set<MispAttribute>();
  for (const address of object.attributes) {
    const { type } = address;
    if (address.deleted || (type !== 'ip-src' && type !== 'ip-dst')) continue;
    const stated = object.attributes.filter((other) => other.type === 'port' && other.relation === portRelation[type]);
    const ports = stated.filter((port) => !port.deleted && isPort(port.value));
    if (ports.length === 0) continue;
    const times = [address, ...stated].flatMap((attribute) => attribute.changedUs ?? []);
    ofAddress.set(address, {
      addressType: type,
      ports: ports.map((port) => port.value),
      changedUs: times.length === 0 ? undefined : Math.max(...times),
    });
    for (const port of ports) used.add(port);
  }
  return { ofAddress, used };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
