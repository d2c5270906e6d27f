import { isJsonObject, timestampOfUs } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { at, countOf, hashesOf, memberOf, textOf, timeOf } from './fields.ts';
import { addLookup, addTraffic } from './parts.ts';
import type { Scene } from './scene.ts';

/** Adds what a Windows event shows: Sysmon's, and of the security log processes, logons and registry values. */
export function observeWindows(record: JsonObject, scene: Scene): number | undefined {
  const data = eventData(record);
  const text = (key: string): string | undefined => textOf(memberOf(data, key));
  const id = countOf(at(record, 'EventID') ?? at(record, 'Event.System.EventID') ?? at(record, 'winlog.event_id'));
  const seenUs = timeOfEvent(record, data);
  if (text('QueryName') !== undefined) observeQuery(text, scene);
  if (text('TargetObject') !== undefined) observeRegistry(id, text, scene);
  if (id === 4657 && text('ObjectName') !== undefined) {
    addRegistryValue(scene, text('ObjectName') ?? '', text('ObjectValueName'), text('NewValue'));
  }
  const user = addUser(text, scene);
  const process = addProcess(id, data, user, seenUs, scene);
  observeConnection(text, process, seenUs, scene);
  for (const key of ['TargetFilename', 'ImageLoaded']) {
    const path = text(key);
    if (path !== undefined)
      scene.file(path, { hashes: id === 1 ? undefined : digestsOf(text('Hashes') ?? text('Hash')) });
  }
  return seenUs;
}

/** The members of the event, wherever a shipper put them, in one object. */
function eventData(record: JsonObject): JsonObject {
  const inner = at(record, 'Event.EventData') ?? at(record, 'EventData') ?? at(record, 'winlog.event_data');
  if (!isJsonObject(inner)) return record;
  const list = memberOf(inner, 'Data');
  if (!Array.isArray(list)) return { ...record, ...inner };
  const data: JsonObject = { ...record };
  for (const each of list) {
    if (!isJsonObject(each)) continue;
    const name = textOf(memberOf(each, 'Name') ?? memberOf(each, '@Name'));
    const value: JsonValue | undefined = memberOf(each, '#text') ?? memberOf(each, 'Value');
    if (name !== undefined && name !== '__proto__' && value !== undefined) data[name] = value;
  }
  return data;
}

type Text = (key: string) => string | undefined;

function timeOfEvent(record: JsonObject, data: JsonObject): number | undefined {
  return (
    timeOf(memberOf(data, 'UtcTime')) ??
    timeOf(at(record, 'Event.System.TimeCreated.SystemTime') ?? at(record, 'TimeCreated.SystemTime')) ??
    timeOf(memberOf(record, '@timestamp')) ??
    timeOf(memberOf(record, 'TimeCreated')) ??
    timeOf(memberOf(record, 'EventTime'))
  );
}

/** `type:  5 name;::ffff:192.0.2.1;` */
function observeQuery(text: Text, scene: Scene): void {
  const answers = (text('QueryResults') ?? '')
    .slice(0, 8192)
    .split(';')
    .map((answer) => answer.replace(/^type:\s*\d+\s*/, '').trim())
    .filter((answer) => answer !== '');
  addLookup(scene, text('QueryName'), answers.slice(0, 64));
}

/** Sysmon names a value (13) and a key (12, 14) in one path. */
function observeRegistry(id: number | undefined, text: Text, scene: Scene): void {
  const path = text('TargetObject') ?? '';
  const cut = path.lastIndexOf('\\');
  if (id !== 13 || cut < 0) addRegistryValue(scene, path, undefined, undefined);
  else addRegistryValue(scene, path.slice(0, cut), path.slice(cut + 1), text('Details'));
}

const hives: readonly (readonly [form: RegExp, hive: string])[] = [
  [/^(?:HKLM|\\REGISTRY\\MACHINE)(?=\\|$)/i, 'HKEY_LOCAL_MACHINE'],
  [/^(?:HKU|\\REGISTRY\\USER)(?=\\|$)/i, 'HKEY_USERS'],
  [/^HKCR(?=\\|$)/i, 'HKEY_CLASSES_ROOT'],
  [/^HKCU(?=\\|$)/i, 'HKEY_CURRENT_USER'],
];

/** windows-registry-key with its hive's full name (STIX 2.1 §6.17), and one value when it is named. */
export function addRegistryValue(
  scene: Scene,
  path: string,
  value: string | undefined,
  data: string | undefined,
): void {
  let key = path;
  for (const [form, hive] of hives) key = key.replace(form, hive);
  const entry: JsonObject = {};
  if (value !== undefined) entry['name'] = value;
  if (data !== undefined) entry['data'] = data;
  scene.add('windows-registry-key', { key, values: value === undefined && data === undefined ? undefined : [entry] });
}

/** The account an event is about; of a logon the one that logged on. */
function addUser(text: Text, scene: Scene): string | undefined {
  const login = text('TargetUserName') ?? text('User') ?? text('SubjectUserName');
  if (login === undefined) return undefined;
  const cut = login.indexOf('\\');
  return scene.add('user-account', {
    account_login: cut < 0 ? login : login.slice(cut + 1),
    user_id: text('TargetUserSid') ?? text('SubjectUserSid'),
    account_type: text('TargetDomainName') !== undefined || cut > 0 ? 'windows-domain' : 'windows-local',
  });
}

function addProcess(
  id: number | undefined,
  data: JsonObject,
  user: string | undefined,
  seenUs: number | undefined,
  scene: Scene,
): string | undefined {
  const text: Text = (key) => textOf(memberOf(data, key));
  const image = text('Image') ?? text('NewProcessName') ?? text('SourceImage');
  if (image === undefined) return undefined;
  const parent = text('ParentImage') ?? text('ParentProcessName');
  // The digests of other events are of what was loaded or written.
  const isStart = id === 1 || id === 4688;
  const file = scene.file(image, { hashes: isStart ? digestsOf(text('Hashes')) : undefined });
  return scene.add('process', {
    pid: countOf(
      memberOf(data, isStart && id === 4688 ? 'NewProcessId' : 'ProcessId') ?? memberOf(data, 'SourceProcessId'),
    ),
    name: nameIn(image),
    created_time: isStart && seenUs !== undefined ? timestampOfUs(seenUs) : undefined,
    command_line: text('CommandLine'),
    cwd: text('CurrentDirectory'),
    image_ref: file,
    binary_ref: file,
    creator_user_ref: user,
    parent_ref: parent === undefined ? undefined : addParent(parent, data, scene),
  });
}

function addParent(image: string, data: JsonObject, scene: Scene): string {
  const file = scene.file(image);
  return scene.add('process', {
    pid: countOf(memberOf(data, 'ParentProcessId')),
    name: nameIn(image),
    command_line: textOf(memberOf(data, 'ParentCommandLine')),
    image_ref: file,
    binary_ref: file,
  });
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}

function observeConnection(text: Text, process: string | undefined, seenUs: number | undefined, scene: Scene): void {
  const traffic = addTraffic(scene, {
    source: text('SourceIp') ?? text('SourceAddress') ?? text('IpAddress'),
    sourcePort: countOf(text('SourcePort') ?? text('IpPort')),
    target: text('DestinationIp') ?? text('DestAddress'),
    targetPort: countOf(text('DestinationPort') ?? text('DestPort')),
    protocols: [protocolOf(text('Protocol'))],
    startUs: seenUs,
  });
  scene.domain(text('DestinationHostname'));
  const opener = process === undefined ? undefined : scene.objects.get(process);
  if (traffic !== undefined && opener !== undefined) opener['opened_connection_refs'] = [traffic];
}

function protocolOf(text: string | undefined): string | undefined {
  if (text === '6') return 'tcp';
  return text === '17' ? 'udp' : text;
}

const digestNames: Readonly<Record<string, string>> = { MD5: 'MD5', SHA1: 'SHA-1', SHA256: 'SHA-256' };

/** `SHA1=…,MD5=…,SHA256=…,IMPHASH=…` */
function digestsOf(text: string | undefined): JsonObject | undefined {
  const digests: Record<string, string> = {};
  for (const part of (text ?? '').slice(0, 1024).split(',')) {
    const cut = part.indexOf('=');
    const name = digestNames[part.slice(0, cut).trim().toUpperCase()];
    if (name !== undefined) digests[name] = part.slice(cut + 1).trim();
  }
  return hashesOf(digests);
}
