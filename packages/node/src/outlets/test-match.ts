import { ecsVersion } from './form/ecs-form.ts';
import type { ToldMatch } from './form/told-match.ts';

/** A match nobody found, of a name that is nobody's (RFC 2606): it says of itself that it is a test. */
export function testMatch(at: string, uuid: string): ToldMatch {
  const listed = 'comity-test.example';
  return {
    isTest: true,
    id: `test-${uuid.replaceAll('-', '').slice(0, 16)}`,
    at,
    recordedAt: at,
    sourceName: 'test',
    file: '',
    line: 0,
    record: JSON.stringify({ '@timestamp': at, ecs: { version: ecsVersion }, dns: { question: { name: listed } } }),
    value: listed,
    kind: 'domain',
    relation: 'exact',
    field: 'dns.question.name',
    alarm: false,
    indicator: { listed, name: 'Test of an outlet', label: { tlp: 'clear', pap: 'clear' } },
  };
}
