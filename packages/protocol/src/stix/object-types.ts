/** Domain, relationship and meta objects of STIX 2.1 (§4, §5, §7): all have a version. */
const versionedTypes: ReadonlySet<string> = new Set([
  'attack-pattern',
  'campaign',
  'course-of-action',
  'extension-definition',
  'grouping',
  'identity',
  'incident',
  'indicator',
  'infrastructure',
  'intrusion-set',
  'language-content',
  'location',
  'malware',
  'malware-analysis',
  'marking-definition',
  'note',
  'observed-data',
  'opinion',
  'relationship',
  'report',
  'sighting',
  'threat-actor',
  'tool',
  'vulnerability',
]);

/** Whether STIX 2.1 defines the type and gives its objects a version; observables and custom types are not among them. */
export function isVersionedType(type: string): boolean {
  return versionedTypes.has(type);
}
