import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';

/** Each revision is a second later than the one before. */
const firstMs = Date.UTC(2025, 5, 1);

export function objectId(number: number): StixId {
  return parseStixId(`indicator--00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`);
}

/** An indicator in one of its revisions. */
export function objectText(number: number, revision: number, tlp: Tlp): string {
  return JSON.stringify({
    type: 'indicator',
    spec_version: '2.1',
    id: objectId(number),
    created: new Date(firstMs).toISOString(),
    modified: new Date(firstMs + revision * 1000).toISOString(),
    pattern_type: 'stix',
    pattern: `[domain-name:value = 'n${number}.r${revision}.example']`,
    valid_from: new Date(firstMs).toISOString(),
    object_marking_refs: [markingIdOfTlp(tlp)],
  });
}
