import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { at, countOf, hashesOf, memberOf, serialOf, textOf, textsOf, timeOf } from './fields.ts';
import { addFingerprints, addLookup, addMessage, addTraffic, addUrl } from './parts.ts';
import type { Request } from './parts.ts';
import type { Scene } from './scene.ts';

/** Adds what a record of Suricata shows: an alert carries the same objects as the event it is about. */
export function observeEve(record: JsonObject, scene: Scene): number | undefined {
  const seenUs = timeOf(memberOf(record, 'timestamp'));
  const http = objectOf(record, 'http');
  const tls = objectOf(record, 'tls');
  const quic = objectOf(record, 'quic');
  const dns = objectOf(record, 'dns');
  const flow = objectOf(record, 'flow');
  const targetPort = countOf(memberOf(record, 'dest_port'));
  const target = textOf(memberOf(record, 'dest_ip'));
  addTraffic(scene, {
    source: textOf(memberOf(record, 'src_ip')),
    sourcePort: countOf(memberOf(record, 'src_port')),
    target,
    targetPort,
    protocols: [textOf(memberOf(record, 'proto')), serviceOf(record)],
    startUs: timeOf(at(record, 'flow.start')) ?? seenUs,
    endUs: timeOf(at(record, 'flow.end')),
    sourceBytes: flow && countOf(memberOf(flow, 'bytes_toserver')),
    targetBytes: flow && countOf(memberOf(flow, 'bytes_toclient')),
    sourcePackets: flow && countOf(memberOf(flow, 'pkts_toserver')),
    targetPackets: flow && countOf(memberOf(flow, 'pkts_toclient')),
    http: http && requestOf(http),
  });
  if (http !== undefined) {
    const port = countOf(memberOf(http, 'http_port')) ?? targetPort;
    addUrl(scene, 'http', textOf(memberOf(http, 'hostname')) ?? target, textOf(memberOf(http, 'url')), port);
  }
  if (dns !== undefined) observeDns(dns, scene);
  if (tls !== undefined) observeTls(tls, scene);
  if (quic !== undefined) scene.domain(textOf(memberOf(quic, 'sni')));
  observeFiles(record, scene);
  observeMail(record, scene);
  return seenUs;
}

function objectOf(record: JsonObject, key: string): JsonObject | undefined {
  const value = memberOf(record, key);
  return isJsonObject(value) ? value : undefined;
}

function serviceOf(record: JsonObject): string | undefined {
  const service = textOf(memberOf(record, 'app_proto'));
  if (service !== undefined && service !== 'failed') return service;
  return ['http', 'dns', 'tls', 'smtp', 'ssh'].find((key) => Object.hasOwn(record, key));
}

function requestOf(http: JsonObject): Request {
  return {
    method: textOf(memberOf(http, 'http_method')),
    uri: textOf(memberOf(http, 'url')),
    version: textOf(memberOf(http, 'protocol')),
    host: textOf(memberOf(http, 'hostname')),
    userAgent: textOf(memberOf(http, 'http_user_agent')),
    referrer: textOf(memberOf(http, 'http_refer')),
  };
}

/** Every version's form: one question and its data beside it, lists of questions and answers, answers grouped by type. */
function observeDns(dns: JsonObject, scene: Scene): void {
  const answers = new Map<string, string[]>();
  const add = (name: string | undefined, data: string | undefined): void => {
    if (name === undefined) return;
    const known = answers.get(name);
    if (known === undefined) answers.set(name, data === undefined ? [] : [data]);
    else if (data !== undefined && known.length < answersMax) known.push(data);
  };
  const name = textOf(memberOf(dns, 'rrname')) ?? textOf(at(dns, 'query.rrname'));
  add(name, textOf(memberOf(dns, 'rdata')));
  for (const key of ['query', 'queries', 'answers', 'answer']) {
    for (const each of listOf(memberOf(dns, key))) {
      if (!isJsonObject(each)) continue;
      add(textOf(memberOf(each, 'rrname')), textOf(memberOf(each, 'rdata')));
      for (const inner of listOf(memberOf(each, 'answers'))) {
        if (isJsonObject(inner)) add(textOf(memberOf(inner, 'rrname')), textOf(memberOf(inner, 'rdata')));
      }
    }
  }
  for (const type of ['A', 'AAAA', 'CNAME']) {
    for (const data of textsOf(at(dns, `grouped.${type}`))) add(name, data);
  }
  for (const [asked, data] of answers) addLookup(scene, asked, data);
}

const answersMax = 64;

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value.slice(0, answersMax);
  return value === undefined ? [] : [value];
}

function observeTls(tls: JsonObject, scene: Scene): void {
  scene.domain(textOf(memberOf(tls, 'sni')));
  addFingerprints(scene, textOf(at(tls, 'ja3.hash')), textOf(at(tls, 'ja3s.hash')));
  const subject = textOf(memberOf(tls, 'subject'));
  const issuer = textOf(memberOf(tls, 'issuerdn'));
  const serial = textOf(memberOf(tls, 'serial'));
  const fingerprint = textOf(memberOf(tls, 'fingerprint'));
  if (subject === undefined && issuer === undefined && serial === undefined && fingerprint === undefined) return;
  scene.add('x509-certificate', {
    hashes: hashesOf({ 'SHA-1': fingerprint?.replaceAll(':', '') }),
    serial_number: serialOf(serial),
    issuer,
    subject,
  });
}

function observeFiles(record: JsonObject, scene: Scene): void {
  for (const key of ['fileinfo', 'files']) {
    for (const file of listOf(memberOf(record, key))) {
      if (!isJsonObject(file)) continue;
      scene.file(textOf(memberOf(file, 'filename')), {
        hashes: hashesOf({
          MD5: textOf(memberOf(file, 'md5')),
          'SHA-1': textOf(memberOf(file, 'sha1')),
          'SHA-256': textOf(memberOf(file, 'sha256')),
        }),
        size: countOf(memberOf(file, 'size')),
      });
    }
  }
}

function observeMail(record: JsonObject, scene: Scene): void {
  const email = objectOf(record, 'email');
  const smtp = objectOf(record, 'smtp');
  if (email === undefined && smtp === undefined) return;
  const to = textsOf(email && memberOf(email, 'to'));
  const sender = textOf(smtp && memberOf(smtp, 'mail_from'));
  addMessage(scene, {
    from: textOf(email && memberOf(email, 'from')) ?? sender,
    sender,
    to: to.length > 0 ? to : textsOf(smtp && memberOf(smtp, 'rcpt_to')),
    cc: textsOf(email && memberOf(email, 'cc')),
    subject: textOf(email && memberOf(email, 'subject')),
    messageId: textOf(email && memberOf(email, 'message_id')),
    dateUs: undefined,
  });
}
