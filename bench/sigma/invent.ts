import type { JsonObject } from '../../packages/protocol/src/base/index.ts';
import { randomHex, randomHost, randomIpv4, randomPrivateIpv4 } from '../../packages/testkit/src/corpus/names.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';

/** Share of each Sysmon event in percent, as on a busy machine. */
export const eventMix = {
  'process creation (1)': 25,
  'network connection (3)': 25,
  'image load (7)': 15,
  'file event (11)': 15,
  'registry set (13)': 10,
  'dns query (22)': 10,
} as const;

const programs = [
  'C:\\Windows\\System32\\svchost.exe',
  'C:\\Windows\\System32\\cmd.exe',
  'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  'C:\\Windows\\System32\\rundll32.exe',
  'C:\\Windows\\System32\\reg.exe',
  'C:\\Windows\\System32\\certutil.exe',
  'C:\\Windows\\explorer.exe',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const options = [
  '/c',
  '-NoProfile',
  '-File',
  '/s',
  '--type=renderer',
  '/query',
  '-k netsvcs',
  '/automation',
  '-Embedding',
  '--no-sandbox',
];
const folders = [
  'C:\\Users\\alice\\AppData\\Local\\Temp',
  'C:\\ProgramData',
  'C:\\Windows\\Prefetch',
  'C:\\Users\\bob\\Downloads',
];
const extensions = ['tmp', 'log', 'dll', 'exe', 'docx', 'pf', 'etl', 'json'];

/** Records as evtx converters write them. One in {@link plantedEvery} is what a public rule looks for. */
export function inventEvents(count: number, seed: number): JsonObject[] {
  const random = createRandom(seed);
  const kinds = Object.entries(eventMix).flatMap(([kind, percent]) => Array.from({ length: percent }, () => kind));
  return Array.from({ length: count }, (_, index) => {
    const kind = random.pick(kinds) as keyof typeof eventMix;
    const id = Number(/\d+/.exec(kind)?.[0]);
    return eventOf(id, index, index % plantedEvery === 0 ? planted(random) : write[kind](random), random);
  });
}

const plantedEvery = 500;

function eventOf(id: number, index: number, data: JsonObject, random: Random): JsonObject {
  const isPlanted = data['QueryName'] !== undefined && id !== 22;
  const ms = 1_767_225_600_000 + index * 20;
  const time = new Date(ms).toISOString();
  const attributes = { Name: 'Microsoft-Windows-Sysmon', Guid: '5770385F-C22A-43E0-BF4C-06F5698FFBD9' };
  return {
    Event: {
      System: {
        Provider: { '#attributes': attributes },
        EventID: isPlanted ? 22 : id,
        Level: 4,
        Task: id,
        TimeCreated: { '#attributes': { SystemTime: time } },
        EventRecordID: index,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: `host${random.below(50)}.corp.example`,
      },
      EventData: {
        RuleName: '-',
        UtcTime: time.replace('T', ' ').replace('Z', ''),
        ProcessGuid: `{${randomHex(random, 8)}-${randomHex(random, 4)}-${randomHex(random, 4)}-0000-${randomHex(random, 12)}}`,
        ProcessId: random.below(20_000),
        User: random.pick(['CORP\\alice', 'CORP\\bob', 'NT AUTHORITY\\SYSTEM']),
        ...data,
      },
    },
  };
}

function planted(random: Random): JsonObject {
  return { Image: random.pick(programs), QueryName: `${randomHex(random, 10)}.onion`, QueryResults: '-' };
}

function path(random: Random): string {
  return `${random.pick(folders)}\\${randomHex(random, 8)}.${random.pick(extensions)}`;
}

function commandLine(random: Random, image: string): string {
  const words = Array.from({ length: 1 + random.below(4) }, () =>
    random.pick([random.pick(options), path(random), randomHost(random)]),
  );
  return `"${image}" ${words.join(' ')}`;
}

const write: Readonly<Record<keyof typeof eventMix, (random: Random) => JsonObject>> = {
  'process creation (1)': (random) => {
    const [image, parent] = [random.pick(programs), random.pick(programs)];
    return {
      Image: image,
      OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
      Description: 'A program',
      Company: 'Example Corporation',
      CommandLine: commandLine(random, image),
      CurrentDirectory: 'C:\\Windows\\system32\\',
      IntegrityLevel: random.pick(['Medium', 'High', 'System']),
      Hashes: `SHA1=${randomHex(random, 40).toUpperCase()},MD5=${randomHex(random, 32).toUpperCase()}`,
      ParentImage: parent,
      ParentCommandLine: commandLine(random, parent),
    };
  },
  'network connection (3)': (random) => ({
    Image: random.pick(programs),
    Protocol: 'tcp',
    Initiated: random.pick(['true', 'true', 'false']),
    SourceIp: randomPrivateIpv4(random),
    SourcePort: 1024 + random.below(60_000),
    DestinationIp: randomIpv4(random),
    DestinationHostname: randomHost(random),
    DestinationPort: random.pick([80, 443, 443, 53, 445, 8080]),
  }),
  'image load (7)': (random) => ({
    Image: random.pick(programs),
    ImageLoaded: `C:\\Windows\\System32\\${randomHex(random, 6)}.dll`,
    Signed: random.pick(['true', 'true', 'false']),
    SignatureStatus: 'Valid',
    Hashes: `SHA256=${randomHex(random, 64).toUpperCase()}`,
  }),
  'file event (11)': (random) => ({ Image: random.pick(programs), TargetFilename: path(random) }),
  'registry set (13)': (random) => ({
    EventType: 'SetValue',
    Image: random.pick(programs),
    TargetObject: `HKLM\\SOFTWARE\\Example\\${randomHex(random, 8)}\\${random.pick(['Start', 'Version', 'Run'])}`,
    Details: random.pick(['DWORD (0x00000001)', path(random)]),
  }),
  'dns query (22)': (random) => ({
    Image: random.pick(programs),
    QueryName: randomHost(random),
    QueryResults: `${randomIpv4(random)};`,
  }),
};
