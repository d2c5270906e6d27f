// Made by `node tools/stix-tables/main.ts` from the requirements of STIX 2.1 Interoperability v1.0 (CSD01). Not to be edited.

/** The properties an object has that a producer shares in the use case of its type. */
export const interopProperties: Readonly<
  Record<string, { readonly section: string; readonly names: readonly string[] }>
> = {
  'attack-pattern': { section: '3.1.2', names: ['external_references', 'kill_chain_phases', 'name'] },
  campaign: { section: '3.2.2', names: ['name'] },
  'course-of-action': { section: '3.4.2', names: ['name'] },
  grouping: { section: '3.6.2', names: ['context', 'object_refs'] },
  indicator: { section: '3.7.2', names: ['valid_from', 'name', 'pattern', 'pattern_type', 'indicator_types'] },
  infrastructure: { section: '3.8.2', names: ['name', 'infrastructure_types'] },
  'intrusion-set': { section: '3.9.2', names: ['resource_level', 'primary_motivation', 'name'] },
  tool: { section: '3.19.2', names: ['name', 'tool_types'] },
  vulnerability: { section: '3.21.2', names: ['name', 'external_references'] },
  location: { section: '3.10.2', names: ['region'] },
  'malware-analysis': {
    section: '3.11.2',
    names: ['product', 'version', 'submitted', 'analysis_started', 'analysis_ended', 'result'],
  },
  note: { section: '3.13.2', names: ['content', 'object_refs'] },
  malware: {
    section: '3.12.2',
    names: [
      'is_family',
      'name',
      'malware_types',
      'capabilities',
      'first_seen',
      'last_seen',
      'implementation_languages',
      'architecture_execution_envs',
    ],
  },
  'observed-data': { section: '3.14.2', names: ['first_observed', 'last_observed', 'number_observed', 'object_refs'] },
  opinion: { section: '3.15.2', names: ['opinion', 'object_refs'] },
  report: { section: '3.16.2', names: ['name', 'published', 'object_refs', 'report_types'] },
  sighting: { section: '3.17.2', names: ['sighting_of_ref', 'count', 'first_seen', 'last_seen'] },
  'threat-actor': {
    section: '3.18.2',
    names: ['threat_actor_types', 'roles', 'sophistication', 'resource_level', 'primary_motivation', 'name'],
  },
};
