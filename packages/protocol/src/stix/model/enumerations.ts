// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.
import type { VocabularyRow } from './rows.ts';

/** Enumerations (§10): a value outside is an error. */
export const enumerations: Readonly<Record<string, VocabularyRow>> = {
  'encryption-algorithm-enum': { section: '10.4', values: ['AES-256-GCM', 'ChaCha20-Poly1305', 'mime-type-indicated'] },
  'extension-type-enum': {
    section: '10.5',
    values: ['new-sdo', 'new-sco', 'new-sro', 'property-extension', 'toplevel-property-extension'],
  },
  'network-socket-address-family-enum': {
    section: '10.16',
    values: ['AF_UNSPEC', 'AF_INET', 'AF_IPX', 'AF_APPLETALK', 'AF_NETBIOS', 'AF_INET6', 'AF_IRDA', 'AF_BTH'],
  },
  'network-socket-type-enum': {
    section: '10.17',
    values: ['SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_RAW', 'SOCK_RDM', 'SOCK_SEQPACKET'],
  },
  'opinion-enum': { section: '10.18', values: ['strongly-disagree', 'disagree', 'neutral', 'agree', 'strongly-agree'] },
  'windows-integrity-level-enum': { section: '10.27', values: ['low', 'medium', 'high', 'system'] },
  'windows-registry-datatype-enum': {
    section: '10.29',
    values: [
      'REG_NONE',
      'REG_SZ',
      'REG_EXPAND_SZ',
      'REG_BINARY',
      'REG_DWORD',
      'REG_DWORD_BIG_ENDIAN',
      'REG_DWORD_LITTLE_ENDIAN',
      'REG_LINK',
      'REG_MULTI_SZ',
      'REG_RESOURCE_LIST',
      'REG_FULL_RESOURCE_DESCRIPTION',
      'REG_RESOURCE_REQUIREMENTS_LIST',
      'REG_QWORD',
      'REG_INVALID_TYPE',
    ],
  },
  'windows-service-start-type-enum': {
    section: '10.30',
    values: [
      'SERVICE_AUTO_START',
      'SERVICE_BOOT_START',
      'SERVICE_DEMAND_START',
      'SERVICE_DISABLED',
      'SERVICE_SYSTEM_ALERT',
    ],
  },
  'windows-service-type-enum': {
    section: '10.31',
    values: [
      'SERVICE_KERNEL_DRIVER',
      'SERVICE_FILE_SYSTEM_DRIVER',
      'SERVICE_WIN32_OWN_PROCESS',
      'SERVICE_WIN32_SHARE_PROCESS',
    ],
  },
  'windows-service-status-enum': {
    section: '10.32',
    values: [
      'SERVICE_CONTINUE_PENDING',
      'SERVICE_PAUSE_PENDING',
      'SERVICE_PAUSED',
      'SERVICE_RUNNING',
      'SERVICE_START_PENDING',
      'SERVICE_STOP_PENDING',
      'SERVICE_STOPPED',
    ],
  },
};
