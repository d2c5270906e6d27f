/** The types STIX 2.0 defines (parts 2 and 3): an object of another type is not of that version. */
export const stix20Types: ReadonlySet<string> = new Set([
  'attack-pattern',
  'campaign',
  'course-of-action',
  'identity',
  'indicator',
  'intrusion-set',
  'malware',
  'marking-definition',
  'observed-data',
  'relationship',
  'report',
  'sighting',
  'threat-actor',
  'tool',
  'vulnerability',
]);

/** Where the kinds of an object went that STIX 2.0 kept in `labels`. */
export const kindsOfLabels: ReadonlyMap<string, string> = new Map([
  ['indicator', 'indicator_types'],
  ['malware', 'malware_types'],
  ['report', 'report_types'],
  ['threat-actor', 'threat_actor_types'],
  ['tool', 'tool_types'],
]);

/** Properties of observables with a new name in 2.1. */
export const renamed: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['directory', { created: 'ctime', modified: 'mtime', accessed: 'atime' }],
  ['file', { created: 'ctime', modified: 'mtime', accessed: 'atime' }],
  ['process', { created: 'created_time', binary_ref: 'image_ref' }],
  ['user-account', { password_last_changed: 'credential_last_changed' }],
  ['windows-registry-key', { modified: 'modified_time' }],
]);

/** Properties of observables 2.1 has no place for. */
export const dropped: ReadonlyMap<string, readonly string[]> = new Map([
  ['file', ['is_encrypted', 'encryption_algorithm', 'decryption_key']],
  ['process', ['name', 'arguments']],
]);

/** Properties of predefined extensions 2.1 has no place for. */
export const droppedOfExtensions: ReadonlyMap<string, readonly string[]> = new Map([
  ['archive-ext', ['version']],
  ['raster-image-ext', ['image_compression_algorithm']],
  ['socket-ext', ['protocol_family']],
]);

/** Dictionaries whose values became lists of text. */
export const listDictionaries: ReadonlySet<string> = new Set(['additional_header_fields', 'request_header']);
