/** Detection rules carried as the value of an attribute: MISP type → STIX pattern type. */
export const ruleLanguages: ReadonlyMap<string, string> = new Map([
  ['yara', 'yara'],
  ['snort', 'snort'],
  ['suricata', 'suricata'],
  ['sigma', 'sigma'],
  ['stix2-pattern', 'stix'],
]);

/** Attributes that name a thing STIX has an object for: MISP type → STIX type. */
export const namedObjects: ReadonlyMap<string, string> = new Map([
  ['vulnerability', 'vulnerability'],
  ['campaign-name', 'campaign'],
  ['threat-actor', 'threat-actor'],
]);

/** Attributes a person wrote for people. */
export const noteTypes: ReadonlySet<string> = new Set(['comment', 'text', 'other']);

/** STIX types that have `aliases` (STIX 2.1 §4). */
export const aliasedTypes: ReadonlySet<string> = new Set([
  'attack-pattern',
  'campaign',
  'intrusion-set',
  'malware',
  'threat-actor',
  'tool',
]);
