/** STIX type of a galaxy's clusters. Order matters: the first ending or word that fits decides. */
const typeOfEnding: readonly (readonly [string, string])[] = [
  ['attack-pattern', 'attack-pattern'],
  ['intrusion-set', 'intrusion-set'],
  ['course-of-action', 'course-of-action'],
  ['preventive-measure', 'course-of-action'],
  ['branded-vulnerability', 'vulnerability'],
  ['threat-actor', 'threat-actor'],
  ['activity-group', 'threat-actor'],
  ['campaign', 'campaign'],
  ['sector', 'identity'],
  ['malware', 'malware'],
  ['malpedia', 'malware'],
  ['ransomware', 'malware'],
  ['backdoor', 'malware'],
  ['banker', 'malware'],
  ['stealer', 'malware'],
  ['stalkerware', 'malware'],
  ['cryptominers', 'malware'],
  ['botnet', 'malware'],
  ['android', 'malware'],
  ['rat', 'malware'],
  ['exploit-kit', 'tool'],
  ['tds', 'tool'],
  ['tool', 'tool'],
];

/** STIX type for the clusters of a MISP galaxy, or undefined when there is none that says the same. */
export function stixTypeOfGalaxy(galaxy: string): string | undefined {
  const name = galaxy.toLowerCase();
  return typeOfEnding.find(([ending]) => name === ending || name.endsWith(`-${ending}`))?.[1];
}
