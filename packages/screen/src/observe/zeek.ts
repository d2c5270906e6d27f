import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { isJsonObject, timestampOfUs } from '@comity/protocol/base';
import { countOf, hashesOf, memberOf, numberOf, serialOf, textOf, textsOf, timeOf } from './fields.ts';
import { addFingerprints, addLookup, addMessage, addTraffic, addUrl } from './parts.ts';
import type { Request, Traffic } from './parts.ts';
import type { Scene } from './scene.ts';

/** Zeek's logs by what their records hold; a stream's own name, where it is written, decides first. */
type Stream = 'conn' | 'dns' | 'http' | 'ssl' | 'files' | 'smtp' | 'x509' | 'other';

/** Columns only one log has, in the order they are asked. */
const signs: readonly (readonly [column: string, stream: Stream])[] = [
  ['query', 'dns'],
  ['qtype_name', 'dns'],
  ['certificate.subject', 'x509'],
  ['certificate.serial', 'x509'],
  ['mailfrom', 'smtp'],
  ['rcptto', 'smtp'],
  ['server_name', 'ssl'],
  ['cipher', 'ssl'],
  ['fuid', 'files'],
  ['uri', 'http'],
  ['user_agent', 'http'],
  ['conn_state', 'conn'],
];
const named: ReadonlySet<string> = new Set(['conn', 'dns', 'http', 'ssl', 'files', 'smtp', 'x509']);

/** Adds what a Zeek record shows. @returns when it was seen, in microseconds. */
export function observeZeek(record: JsonObject, scene: Scene): number | undefined {
  const ts = timeOf(memberOf(record, 'ts'));
  switch (streamOf(record)) {
    case 'dns':
      addTraffic(scene, trafficOf(record, ts, 'dns'));
      addLookup(scene, textOf(memberOf(record, 'query')), textsOf(memberOf(record, 'answers')));
      break;
    case 'http':
      observeHttp(record, ts, scene);
      break;
    case 'ssl':
      addTraffic(scene, trafficOf(record, ts, 'tls'));
      scene.domain(textOf(memberOf(record, 'server_name')));
      addFingerprints(scene, textOf(memberOf(record, 'ja3')), textOf(memberOf(record, 'ja3s')));
      addCertificate(record, '', scene);
      break;
    case 'files':
      observeFile(record, ts, scene);
      break;
    case 'smtp':
      addTraffic(scene, trafficOf(record, ts, 'smtp'));
      observeMail(record, scene);
      break;
    case 'x509':
      addCertificate(record, 'certificate.', scene);
      for (const name of textsOf(memberOf(record, 'san.dns'))) scene.domain(name);
      break;
    case 'conn':
    case 'other':
      addTraffic(scene, trafficOf(record, ts, textOf(memberOf(record, 'service'))));
  }
  return ts;
}

function streamOf(record: JsonObject): Stream {
  const name = textOf(memberOf(record, '_path')) ?? textOf(memberOf(record, '@stream'));
  if (name !== undefined) return named.has(name) ? (name as Stream) : 'other';
  for (const [column, stream] of signs) if (Object.hasOwn(record, column)) return stream;
  return 'other';
}

/** The connection's members by what they may be called; written out, as names put together are slow to look up. */
const ends = {
  orig_h: ['id.orig_h', 'id_orig_h'],
  orig_p: ['id.orig_p', 'id_orig_p'],
  resp_h: ['id.resp_h', 'id_resp_h'],
  resp_p: ['id.resp_p', 'id_resp_p'],
} as const;

function connectionOf(record: JsonObject, end: keyof typeof ends): JsonValue | undefined {
  const [dotted, flat] = ends[end];
  const value = memberOf(record, dotted) ?? memberOf(record, flat);
  if (value !== undefined) return value;
  const nested = memberOf(record, 'id');
  return isJsonObject(nested) ? memberOf(nested, end) : undefined;
}

function trafficOf(record: JsonObject, ts: number | undefined, service: string | undefined, http?: Request): Traffic {
  const duration = numberOf(memberOf(record, 'duration'));
  return {
    source: textOf(connectionOf(record, 'orig_h')),
    sourcePort: countOf(connectionOf(record, 'orig_p')),
    target: textOf(connectionOf(record, 'resp_h')),
    targetPort: countOf(connectionOf(record, 'resp_p')),
    protocols: [
      textOf(memberOf(record, 'proto')) ?? (service === 'dns' ? undefined : 'tcp'),
      ...(service?.split(',') ?? []),
    ],
    startUs: ts,
    endUs: ts === undefined || duration === undefined ? undefined : ts + Math.round(duration * 1e6),
    sourceBytes: countOf(memberOf(record, 'orig_bytes')),
    targetBytes: countOf(memberOf(record, 'resp_bytes')),
    sourcePackets: countOf(memberOf(record, 'orig_pkts')),
    targetPackets: countOf(memberOf(record, 'resp_pkts')),
    http,
  };
}

function observeHttp(record: JsonObject, ts: number | undefined, scene: Scene): void {
  const version = textOf(memberOf(record, 'version'));
  const host = textOf(memberOf(record, 'host'));
  const uri = textOf(memberOf(record, 'uri'));
  const traffic = trafficOf(record, ts, 'http', {
    method: textOf(memberOf(record, 'method')),
    uri,
    version: version === undefined ? undefined : `http/${version}`,
    host,
    userAgent: textOf(memberOf(record, 'user_agent')),
    referrer: textOf(memberOf(record, 'referrer')),
  });
  addTraffic(scene, traffic);
  addUrl(scene, 'http', host ?? traffic.target, uri, traffic.targetPort);
  for (const [names, types] of [
    ['resp_filenames', 'resp_mime_types'],
    ['orig_filenames', 'orig_mime_types'],
  ] as const) {
    scene.file(textsOf(memberOf(record, names))[0], { mime_type: textsOf(memberOf(record, types))[0] });
  }
}

function observeFile(record: JsonObject, ts: number | undefined, scene: Scene): void {
  scene.file(textOf(memberOf(record, 'filename')), {
    hashes: hashesOf({
      MD5: textOf(memberOf(record, 'md5')),
      'SHA-1': textOf(memberOf(record, 'sha1')),
      'SHA-256': textOf(memberOf(record, 'sha256')),
    }),
    mime_type: textOf(memberOf(record, 'mime_type')),
    size: countOf(memberOf(record, 'total_bytes')) ?? countOf(memberOf(record, 'seen_bytes')),
  });
  const traffic = trafficOf(record, ts, textOf(memberOf(record, 'source'))?.toLowerCase());
  // Older versions name who sent and who received instead of the connection.
  addTraffic(scene, {
    ...traffic,
    source: traffic.source ?? textsOf(memberOf(record, 'tx_hosts'))[0],
    target: traffic.target ?? textsOf(memberOf(record, 'rx_hosts'))[0],
  });
}

function observeMail(record: JsonObject, scene: Scene): void {
  const to = textsOf(memberOf(record, 'to'));
  addMessage(scene, {
    from: textOf(memberOf(record, 'from')) ?? textOf(memberOf(record, 'mailfrom')),
    sender: textOf(memberOf(record, 'mailfrom')),
    to: to.length > 0 ? to : textsOf(memberOf(record, 'rcptto')),
    cc: textsOf(memberOf(record, 'cc')),
    subject: textOf(memberOf(record, 'subject')),
    messageId: textOf(memberOf(record, 'msg_id')),
    dateUs: undefined,
  });
}

function addCertificate(record: JsonObject, prefix: string, scene: Scene): void {
  const subject = textOf(memberOf(record, `${prefix}subject`));
  const issuer = textOf(memberOf(record, `${prefix}issuer`));
  const serial = textOf(memberOf(record, `${prefix}serial`));
  if (subject === undefined && issuer === undefined && serial === undefined) return;
  const before = timeOf(memberOf(record, `${prefix}not_valid_before`));
  const after = timeOf(memberOf(record, `${prefix}not_valid_after`));
  const fingerprint = textOf(memberOf(record, 'fingerprint'));
  scene.add('x509-certificate', {
    hashes: hashesOf({ [fingerprint?.length === 64 ? 'SHA-256' : 'SHA-1']: fingerprint }),
    version: textOf(memberOf(record, `${prefix}version`)),
    serial_number: serialOf(serial),
    signature_algorithm: textOf(memberOf(record, `${prefix}sig_alg`)),
    issuer,
    subject,
    validity_not_before: before === undefined ? undefined : timestampOfUs(before),
    validity_not_after: after === undefined ? undefined : timestampOfUs(after),
    subject_public_key_algorithm: textOf(memberOf(record, `${prefix}key_alg`)),
  });
}
