import type { JsonObject } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { listed } from './listed.ts';
import type { SeededRandom } from './seeded-random.ts';

const dayMs = 86_400_000;

interface IndicatorPlan {
  readonly name: string;
  readonly pattern: string;
  readonly tlp: Tlp;
  readonly confidence: number;
  readonly labels: readonly string[];
  readonly indicates: 'kestrel' | 'reed' | undefined;
  /** Days from now until it is no longer valid; negative: it is over already. */
  readonly validDays: number;
}

const indicators: readonly IndicatorPlan[] = [
  {
    name: 'Kestrel command and control',
    pattern: `[domain-name:value = '${listed.controlName.value}'] OR [ipv4-addr:value = '${listed.controlAddress.value}']`,
    tlp: 'green',
    confidence: 90,
    labels: ['command-and-control'],
    indicates: 'kestrel',
    validDays: 60,
  },
  {
    name: 'Kestrel control server on IPv6',
    pattern: `[ipv6-addr:value = '${listed.controlAddress6.value}']`,
    tlp: 'green',
    confidence: 70,
    labels: ['command-and-control'],
    indicates: 'kestrel',
    validDays: 60,
  },
  {
    name: 'Network that scans for Kestrel victims',
    pattern: `[ipv4-addr:value ISSUBSET '${listed.scanners.value}']`,
    tlp: 'clear',
    confidence: 60,
    labels: ['scanning'],
    indicates: 'kestrel',
    validDays: 30,
  },
  {
    name: 'Kestrel dropper',
    pattern: `[file:hashes.'SHA-256' = '${listed.dropper.value}']`,
    tlp: 'amber',
    confidence: 95,
    labels: ['malware-distribution'],
    indicates: 'kestrel',
    validDays: 365,
  },
  {
    name: 'Reed phishing page',
    pattern: `[domain-name:value = '${listed.phishingName.value}']`,
    tlp: 'clear',
    confidence: 85,
    labels: ['phishing'],
    indicates: 'reed',
    validDays: 14,
  },
  {
    name: 'Reed phishing kit',
    pattern: "[url:value LIKE 'https://files.example.net/kit/%']",
    tlp: 'green',
    confidence: 75,
    labels: ['phishing', 'exploit-kit'],
    indicates: 'reed',
    validDays: 14,
  },
  {
    name: 'Sender of Reed mails',
    pattern: `[email-addr:value = '${listed.sender.value}']`,
    tlp: 'amber+strict',
    confidence: 80,
    labels: ['phishing'],
    indicates: 'reed',
    validDays: 14,
  },
  {
    name: 'File seen with Reed',
    pattern: `[file:hashes.'SHA-256' = '${listed.emptyFile.value}']`,
    tlp: 'green',
    confidence: 20,
    labels: ['malware-distribution'],
    indicates: undefined,
    validDays: 90,
  },
  {
    name: 'Site of a campaign that is over',
    pattern: `[domain-name:value = '${listed.former.value}']`,
    tlp: 'clear',
    confidence: 50,
    labels: ['phishing'],
    indicates: 'reed',
    validDays: -20,
  },
];

/** A STIX 2.1 bundle of a made-up ISAC: a report on two made-up malware families, with markings and relationships. */
export function makeBundle(random: SeededRandom, nowMs: number): string {
  const created = new Date(nowMs - 40 * dayMs).toISOString();
  const idOf = (type: string): string => `${type}--${random.uuid()}`;
  const author = idOf('identity');
  const common = (type: string, tlp: Tlp) => ({
    type,
    spec_version: '2.1',
    id: idOf(type),
    created_by_ref: author,
    created,
    modified: created,
    object_marking_refs: [markingIdOfTlp(tlp)],
  });
  const malware = {
    kestrel: {
      ...common('malware', 'green'),
      name: 'Kestrel',
      is_family: true,
      malware_types: ['backdoor'],
      description: 'A made-up backdoor. It asks its control server for orders every ten minutes.',
    },
    reed: {
      ...common('malware', 'clear'),
      name: 'Reed',
      is_family: true,
      malware_types: ['spyware'],
      description: 'A made-up kit of pages that imitate the sign-in of a bank.',
    },
  };
  const objects: JsonObject[] = [
    {
      type: 'identity',
      spec_version: '2.1',
      id: author,
      created,
      modified: created,
      name: 'Example ISAC',
      identity_class: 'organization',
      object_marking_refs: [markingIdOfTlp('clear')],
    },
    malware.kestrel,
    malware.reed,
  ];
  for (const plan of indicators) {
    const indicator = {
      ...common('indicator', plan.tlp),
      name: plan.name,
      description: `Made up to try Comity: ${plan.labels.join(', ')}.`,
      indicator_types: ['malicious-activity'],
      labels: [...plan.labels],
      pattern: plan.pattern,
      pattern_type: 'stix',
      valid_from: created,
      valid_until: new Date(nowMs + plan.validDays * dayMs).toISOString(),
      confidence: plan.confidence,
    };
    objects.push(indicator);
    if (plan.indicates === undefined) continue;
    objects.push({
      ...common('relationship', plan.tlp),
      relationship_type: 'indicates',
      source_ref: indicator.id,
      target_ref: malware[plan.indicates].id,
    });
  }
  objects.push({
    ...common('report', 'amber'),
    name: 'Kestrel and Reed: what we saw this month',
    description:
      'Made up to show how intelligence looks in Comity. All names and addresses are reserved for documentation.',
    report_types: ['threat-report'],
    published: created,
    object_refs: objects.flatMap((object) => (typeof object['id'] === 'string' ? [object['id']] : [])),
  });
  return JSON.stringify({ type: 'bundle', id: idOf('bundle'), objects });
}

/** A plain list as people mail it: comments, defanged values, one the bundle has too, and a line that is no value. */
export function makeList(): string {
  return [
    '# Example ISAC: seen this week. Values are defanged.',
    'invoice-portal[.]example  # lure pages',
    'update-check[.]example    # Kestrel',
    '192.0.2[.]210:8443        # Kestrel, this port only',
    'hxxps://cdn[.]example[.]org/dl/setup.js',
    listed.loader.value,
    'not-a-value-at-all!',
    '',
  ].join('\n');
}
