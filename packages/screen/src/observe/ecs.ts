import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { at, countOf, hashesOf, textOf, textsOf, timeOf } from './fields.ts';
import { addFingerprints, addLookup, addMessage, addTraffic, addUrl } from './parts.ts';
import type { Scene } from './scene.ts';
import { addRegistryValue } from './windows.ts';

/** Adds what a document in the Elastic Common Schema shows, nested or with dots in its keys. */
export function observeEcs(record: JsonObject, scene: Scene): number | undefined {
  const text = (path: string): string | undefined => textOf(at(record, path));
  const count = (path: string): number | undefined => countOf(at(record, path));
  const seenUs = timeOf(at(record, '@timestamp'));
  const method = text('http.request.method');
  const target = text('destination.ip') ?? text('server.ip');
  addTraffic(scene, {
    source: text('source.ip') ?? text('client.ip'),
    sourcePort: count('source.port') ?? count('client.port'),
    target,
    targetPort: count('destination.port') ?? count('server.port'),
    protocols: [text('network.transport'), text('network.protocol')],
    startUs: timeOf(at(record, 'event.start')) ?? seenUs,
    endUs: timeOf(at(record, 'event.end')),
    sourceBytes: count('source.bytes'),
    targetBytes: count('destination.bytes'),
    sourcePackets: count('source.packets'),
    targetPackets: count('destination.packets'),
    http:
      method === undefined
        ? undefined
        : {
            method,
            uri: text('url.path') ?? text('url.original'),
            version: text('http.version') === undefined ? undefined : `http/${text('http.version')}`,
            host: text('url.domain'),
            userAgent: text('user_agent.original'),
            referrer: text('http.request.referrer'),
          },
  });
  observeNames(record, scene);
  observeHost(record, scene);
  return seenUs;
}

function observeNames(record: JsonObject, scene: Scene): void {
  const text = (path: string): string | undefined => textOf(at(record, path));
  const answers = at(record, 'dns.answers');
  const data = Array.isArray(answers)
    ? answers.slice(0, 64).flatMap((each) => (isJsonObject(each) ? (textOf(each['data']) ?? []) : []))
    : [];
  addLookup(scene, text('dns.question.name'), [...new Set([...data, ...textsOf(at(record, 'dns.resolved_ip'))])]);
  const domain = text('url.domain');
  const query = text('url.query');
  const whole = text('url.full') ?? text('url.original');
  const path = `${text('url.path') ?? '/'}${query === undefined ? '' : `?${query}`}`;
  if (whole !== undefined || domain !== undefined) {
    const port = ['url.port', 'destination.port', 'server.port']
      .map((name) => countOf(at(record, name)))
      .find((found) => found !== undefined);
    addUrl(scene, text('url.scheme') ?? 'http', domain, whole ?? path, port);
  }
  for (const key of ['destination.domain', 'source.domain', 'tls.client.server_name']) scene.domain(text(key));
  addFingerprints(scene, text('tls.client.ja3'), text('tls.server.ja3s'));
  const from = text('email.from.address');
  const subject = text('email.subject');
  if (from === undefined && subject === undefined) return;
  addMessage(scene, {
    from,
    sender: text('email.sender.address'),
    to: textsOf(at(record, 'email.to.address')),
    cc: textsOf(at(record, 'email.cc.address')),
    subject,
    messageId: text('email.message_id'),
    dateUs: timeOf(at(record, 'email.origination_timestamp')),
  });
}

function observeHost(record: JsonObject, scene: Scene): void {
  const text = (path: string): string | undefined => textOf(at(record, path));
  const digests = (prefix: string): JsonObject | undefined =>
    hashesOf({
      MD5: text(`${prefix}.md5`),
      'SHA-1': text(`${prefix}.sha1`),
      'SHA-256': text(`${prefix}.sha256`),
      'SHA-512': text(`${prefix}.sha512`),
    });
  scene.file(text('file.path') ?? text('file.name'), {
    hashes: digests('file.hash'),
    size: countOf(at(record, 'file.size')),
    mime_type: text('file.mime_type'),
  });
  const userName = text('user.name');
  const user =
    userName === undefined && text('user.id') === undefined
      ? undefined
      : scene.add('user-account', {
          account_login: userName,
          user_id: text('user.id'),
          display_name: text('user.full_name'),
        });
  const process = (prefix: string, parent: string | undefined): string | undefined => {
    const executable = text(`${prefix}.executable`);
    const name = text(`${prefix}.name`);
    const pid = countOf(at(record, `${prefix}.pid`));
    if (executable === undefined && name === undefined && pid === undefined) return undefined;
    const image = scene.file(executable ?? name, { hashes: digests(`${prefix}.hash`) });
    return scene.add('process', {
      pid,
      name: name ?? executable?.slice(executable.search(/[^\\/]*$/)),
      command_line: text(`${prefix}.command_line`),
      cwd: text(`${prefix}.working_directory`),
      image_ref: image,
      binary_ref: image,
      parent_ref: parent,
      creator_user_ref: user,
    });
  };
  process('process', process('process.parent', undefined));
  const key = text('registry.path') ?? text('registry.key');
  if (key !== undefined) addRegistryValue(scene, key, text('registry.value'), text('registry.data.strings'));
}
