import type { SigmaLogsource } from '@comity/protocol/sigma';
import type { FieldSource, SourceKind } from './source-kind.ts';

/** Categories of Sysmon's events by their number. Spec: Sigma taxonomy 2.1.0, "Windows Folder". */
const sysmonCategories: Readonly<Record<number, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_event', 'registry_add', 'registry_delete'],
  13: ['registry_event', 'registry_set'],
  14: ['registry_event', 'registry_rename'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  24: ['clipboard_capture'],
  25: ['process_tampering'],
  26: ['file_delete_detected'],
  27: ['file_block_executable'],
  28: ['file_block_shredding'],
  29: ['file_executable_detected'],
  255: ['sysmon_error'],
};

/** Categories of PowerShell's events by their number. */
const powershellCategories: Readonly<Record<number, string>> = {
  400: 'ps_classic_start',
  600: 'ps_classic_provider_start',
  800: 'ps_classic_script',
  4103: 'ps_module',
  4104: 'ps_script',
};

/** Services by channel, in lower case. Spec: Sigma taxonomy 2.1.0, "Service". */
const services: Readonly<Record<string, string>> = {
  application: 'application',
  security: 'security',
  system: 'system',
  'dns server': 'dns-server',
  'windows powershell': 'powershell-classic',
  'msexchange management': 'msexchange-management',
  'openssh/operational': 'openssh',
  'powershellcore/operational': 'powershell',
  'microsoft-iis-configuration/operational': 'iis-configuration',
  'microsoft-servicebus-client/operational': 'servicebus-client',
  'microsoft-servicebus-client/admin': 'servicebus-client',
  ...Object.fromEntries(
    Object.entries({
      'application-experience/program-telemetry': 'application-experience',
      'application-experience/program-compatibility-assistant': 'application-experience',
      'applocker/msi and script': 'applocker',
      'applocker/exe and dll': 'applocker',
      'applocker/packaged app-deployment': 'applocker',
      'applocker/packaged app-execution': 'applocker',
      'appmodel-runtime/admin': 'appmodel-runtime',
      'appxdeploymentserver/operational': 'appxdeployment-server',
      'appxpackaging/operational': 'appxpackaging-om',
      'bitlocker/bitlocker management': 'bitlocker',
      'bits-client/operational': 'bits-client',
      'capi2/operational': 'capi2',
      'certificateservicesclient-lifecycle-system/operational': 'certificateservicesclient-lifecycle-system',
      'codeintegrity/operational': 'codeintegrity-operational',
      'dhcp-server/operational': 'dhcp',
      'diagnosis-scripted/operational': 'diagnosis-scripted',
      'dns client events/operational': 'dns-client',
      'dns-client/operational': 'dns-client',
      'dns-server/analytical': 'dns-server-analytic',
      'dns-server/audit': 'dns-server-audit',
      'driverframeworks-usermode/operational': 'driver-framework',
      'windows firewall with advanced security/firewall': 'firewall-as',
      'hyper-v-worker': 'hyper-v-worker',
      'kernel-eventtracing': 'kernel-event-tracing',
      'kernel-shimengine/operational': 'kernel-shimengine',
      'kernel-shimengine/diagnostic': 'kernel-shimengine',
      'ldap-client/debug': 'ldap',
      'lsa/operational': 'lsa-server',
      'ntfs/operational': 'ntfs',
      'ntlm/operational': 'ntlm',
      'powershell/operational': 'powershell',
      'printservice/admin': 'printservice-admin',
      'printservice/operational': 'printservice-operational',
      'security-mitigations/kernel mode': 'security-mitigations',
      'security-mitigations/user mode': 'security-mitigations',
      'sense/operational': 'sense',
      'shell-core/operational': 'shell-core',
      'smbclient/security': 'smbclient-security',
      'sysmon/operational': 'sysmon',
      'taskscheduler/operational': 'taskscheduler',
      'terminalservices-localsessionmanager/operational': 'terminalservices-localsessionmanager',
      'vhdmp/operational': 'vhdmp',
      'windows defender/operational': 'windefend',
      'wmi-activity/operational': 'wmi',
    }).map(([channel, service]) => [`microsoft-windows-${channel}`, service]),
  ),
};

/** Fields of the generic categories in the events of the security log. Spec: Sigma rules 2.1.0, "Field Usage". */
const processCreation: Readonly<Record<string, readonly FieldSource[]>> = {
  Image: ['NewProcessName'],
  ProcessId: ['NewProcessId'],
  ParentImage: ['ParentProcessName'],
  ParentProcessId: ['ProcessId'],
  User: ['SubjectUserName'],
  LogonId: ['SubjectLogonId'],
  IntegrityLevel: ['MandatoryLabel'],
};
const connection: Readonly<Record<string, readonly FieldSource[]>> = {
  Image: ['Application'],
  SourceIp: ['SourceAddress'],
  DestinationIp: ['DestAddress'],
  DestinationPort: ['DestPort'],
  Initiated: [
    {
      says: 'Direction, %%14593 is outbound',
      of: ({ Direction: direction }) =>
        typeof direction === 'string' ? String(direction === '%%14593' || /^outbound$/i.test(direction)) : undefined,
    },
  ],
};
const registryValue: Readonly<Record<string, readonly FieldSource[]>> = {
  Image: ['ProcessName'],
  Details: ['NewValue'],
  TargetObject: [
    {
      says: 'ObjectName\\ObjectValueName',
      of: ({ ObjectName: key, ObjectValueName: value }) =>
        typeof key === 'string' ? (typeof value === 'string' ? `${key}\\${value}` : key) : undefined,
    },
  ],
};

const product = 'windows';
const securityKinds: ReadonlyMap<number, SourceKind> = new Map([
  [4688, kindOf('security 4688', 'process_creation', processCreation)],
  [5156, kindOf('security 5156', 'network_connection', connection)],
  [4657, kindOf('security 4657', 'registry_set', registryValue, 'registry_event')],
]);

function kindOf(about: string, category: string, fields: SourceKind['fields'], second?: string): SourceKind {
  const categories = second === undefined ? [category] : [category, second];
  return { about, logsources: categories.map((each) => ({ product, category: each, service: 'security' })), fields };
}

const sysmonKinds = new Map<string, SourceKind>();
for (const [about, own, service] of [
  ['Sysmon', 'windows', 'sysmon'],
  ['Sysmon for Linux', 'linux', 'sysmon'],
] as const) {
  for (const [id, categories] of Object.entries(sysmonCategories)) {
    const logsources = categories.map((category): SigmaLogsource => ({ product: own, category, service }));
    sysmonKinds.set(`${own} ${id}`, { about: `${about} ${id}`, logsources, fields: {} });
  }
}

const otherKinds = new Map<string, SourceKind>();
const unknown: SourceKind = { about: 'any other channel', logsources: [{ product }], fields: {} };
const firewall: SourceKind = {
  about: 'RPC Firewall',
  logsources: [{ product: 'rpc_firewall', category: 'application' }, { product }],
  fields: { EventLog: ['Channel', 'Event.System.Channel'] },
};
for (const service of new Set(Object.values(services))) {
  otherKinds.set(service, { about: `channel of ${service}`, logsources: [{ product, service }], fields: {} });
  if (!service.startsWith('powershell')) continue;
  for (const [id, category] of Object.entries(powershellCategories)) {
    const about = `PowerShell ${id}`;
    otherKinds.set(`${service} ${id}`, { about, logsources: [{ product, category, service }], fields: {} });
  }
}

/** What a Windows event is, by its channel (Sysmon's where none is named) and number. */
export function windowsKind(channel: string | undefined, id: number | undefined): SourceKind {
  const name = channel?.toLowerCase().replace(/^wineventlog:/, '') ?? 'microsoft-windows-sysmon/operational';
  if (name === 'rpcfw') return firewall;
  const isLinux = name === 'linux-sysmon/operational';
  const service = Object.hasOwn(services, name) ? services[name]! : isLinux ? 'sysmon' : undefined;
  if (service === undefined) return unknown;
  if (service === 'sysmon') {
    return sysmonKinds.get(`${isLinux ? 'linux' : product} ${id}`) ?? otherKinds.get(service)!;
  }
  if (service === 'security' && id !== undefined) {
    const found = securityKinds.get(id);
    if (found !== undefined) return found;
  }
  return otherKinds.get(`${service} ${id}`) ?? otherKinds.get(service)!;
}

/** Every kind with fields of its own, for the page on Sigma. */
export const windowsMappings: readonly SourceKind[] = [...securityKinds.values(), firewall];
/** Categories by event for the page on Sigma. */
export const windowsCategories = { sysmonCategories, powershellCategories } as const;
