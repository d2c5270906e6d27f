import type { JsonValue } from '@comity/protocol/base';
import { timestampOfUs } from '@comity/protocol/base';
import type { Scene } from './scene.ts';

/** What a record says of a connection. */
export interface Traffic {
  readonly source: string | undefined;
  readonly sourcePort: number | undefined;
  readonly target: string | undefined;
  readonly targetPort: number | undefined;
  /** From the outermost in. */
  readonly protocols: readonly (string | undefined)[];
  readonly startUs?: number | undefined;
  readonly endUs?: number | undefined;
  readonly sourceBytes?: number | undefined;
  readonly targetBytes?: number | undefined;
  readonly sourcePackets?: number | undefined;
  readonly targetPackets?: number | undefined;
  readonly http?: Request | undefined;
}

/** What a record says of an HTTP request. */
export interface Request {
  readonly method: string | undefined;
  readonly uri: string | undefined;
  readonly version: string | undefined;
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly referrer: string | undefined;
}

/** network-traffic with its ends; undefined when neither end is known. */
export function addTraffic(scene: Scene, traffic: Traffic): string | undefined {
  const source = scene.address(traffic.source);
  const target = scene.address(traffic.target);
  if (source === undefined && target === undefined) return undefined;
  const isIpv6 = (traffic.source ?? traffic.target ?? '').includes(':');
  const protocols: JsonValue[] = [isIpv6 ? 'ipv6' : 'ipv4'];
  for (const protocol of traffic.protocols) if (protocol !== undefined) protocols.push(protocol.toLowerCase());
  const request = traffic.http === undefined ? undefined : requestOf(traffic.http);
  return scene.add('network-traffic', {
    start: traffic.startUs === undefined ? undefined : timestampOfUs(traffic.startUs),
    end: traffic.endUs === undefined ? undefined : timestampOfUs(traffic.endUs),
    src_ref: source,
    dst_ref: target,
    src_port: traffic.sourcePort,
    dst_port: traffic.targetPort,
    protocols,
    src_byte_count: traffic.sourceBytes,
    dst_byte_count: traffic.targetBytes,
    src_packets: traffic.sourcePackets,
    dst_packets: traffic.targetPackets,
    extensions: request === undefined ? undefined : { 'http-request-ext': request },
  });
}

function requestOf({ method, uri, version, host, userAgent, referrer }: Request): JsonValue {
  const header: Record<string, JsonValue> = {};
  if (host !== undefined) header['Host'] = host;
  if (userAgent !== undefined) header['User-Agent'] = userAgent;
  if (referrer !== undefined) header['Referer'] = referrer;
  return {
    ...(method === undefined ? {} : { request_method: method.toLowerCase() }),
    ...(uri === undefined ? {} : { request_value: uri }),
    ...(version === undefined ? {} : { request_version: version.toLowerCase() }),
    request_header: header,
  };
}

/** The URL of a request whose host and path stand apart, and the host's name or address. */
export function addUrl(
  scene: Scene,
  scheme: string,
  host: string | undefined,
  uri: string | undefined,
  port?: number,
): void {
  if (uri !== undefined && /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(uri)) {
    scene.add('url', { value: uri });
  } else if (host !== undefined) {
    const path = uri === undefined ? '/' : uri.startsWith('/') ? uri : `/${uri}`;
    scene.add('url', { value: `${scheme}://${withPort(host, scheme, port)}${path}` });
  }
  scene.endpoint(host === undefined ? undefined : withoutPort(host));
}

/** The colons of an address without brackets are no port. */
const bareIpv6 = /^[^[:]*:[^:]*:/;

function withPort(host: string, scheme: string, port: number | undefined): string {
  const isDefault = port === undefined || port === (scheme === 'https' ? 443 : 80);
  const authority = bareIpv6.test(host) ? `[${host}]` : host;
  return isDefault || /:\d{1,5}$/.test(authority) ? authority : `${authority}:${port}`;
}

function withoutPort(host: string): string {
  return bareIpv6.test(host) ? host : host.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** A name that was asked for and what it was answered with. */
export function addLookup(scene: Scene, name: string | undefined, answers: readonly string[]): void {
  scene.domain(
    name,
    answers.map((answer) => scene.endpoint(answer)),
  );
}

/** What a record says of a message. */
export interface Message {
  readonly from: string | undefined;
  readonly sender: string | undefined;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  readonly dateUs: number | undefined;
}

/** email-message with its mailboxes. */
export function addMessage(scene: Scene, message: Message): void {
  const boxes = (texts: readonly string[]): JsonValue[] | undefined => {
    const names = texts.flatMap((text) => scene.mailbox(text) ?? []);
    return names.length > 0 ? names : undefined;
  };
  scene.add('email-message', {
    is_multipart: false,
    date: message.dateUs === undefined ? undefined : timestampOfUs(message.dateUs),
    from_ref: scene.mailbox(message.from),
    sender_ref: scene.mailbox(message.sender),
    to_refs: boxes(message.to),
    cc_refs: boxes(message.cc),
    message_id: message.messageId,
    subject: message.subject,
  });
}

/** Fingerprints of a handshake, for which STIX has no property: at the custom type indicators of Comity name them. */
export function addFingerprints(scene: Scene, ja3: string | undefined, ja3s: string | undefined): void {
  if (ja3 !== undefined || ja3s !== undefined) scene.add('x-comity-value', { ja3, ja3s });
}
