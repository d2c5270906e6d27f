import { z } from 'zod';
import { ComityError, parseJson, quote } from '@comity/protocol/base';
import { paps, tlps } from '@comity/protocol/markings';
import { hopsMax, leaseStates, originKinds, recipientKinds, sharingActions } from '@comity/protocol/sharing';
import type { Decision, ObjectFacets, RecipientFacets } from '@comity/protocol/sharing';
import { noCharter } from '../decide/charter.ts';
import { decide } from '../decide/decide.ts';
import type { Law } from './law.ts';

const names = z.array(z.string().max(200)).max(100);
const given = z.strictObject({
  tlp: z.enum(tlps).nullable().optional(),
  pap: z.enum(paps).nullable().optional(),
  unreadMarking: z.boolean().optional(),
  caveat: z.boolean().optional(),
  origin: z.enum(originKinds).optional(),
  type: z.string().max(250).optional(),
  personalData: z.boolean().optional(),
  groups: names.optional(),
  persons: names.optional(),
  lease: z.enum(leaseStates).optional(),
  hopsLeft: z.int().min(0).max(hopsMax).optional(),
});
const recipient = z.strictObject({
  key: z.string().max(200).optional(),
  kind: z.enum(recipientKinds),
  groups: names.optional(),
  sector: z.string().max(100).optional(),
  country: z.string().max(2).optional(),
  channel: z.strictObject({ encrypted: z.boolean(), hidesOrigin: z.boolean() }).optional(),
});
const goldenTest = z.strictObject({
  name: z.string().min(1).max(300),
  given,
  when: z.strictObject({ recipient, action: z.enum(sharingActions) }),
  expect: z.strictObject({ result: z.enum(['allow', 'deny']), rules: names.default([]) }),
});

/**
 * What a law must answer, as data: given an object, when a recipient asks for an action, then the result. What is left out of
 * `given` is an unmarked indicator's; `rules` are those the answer must rest on, all of them.
 */
export type GoldenTest = z.output<typeof goldenTest>;

export interface GoldenResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: GoldenTest['expect'];
  readonly decision: Decision;
}

const testsBytesMax = 1024 * 1024;

/**
 * Reads golden tests.
 *
 * @param place - The file, for the message.
 * @throws {ComityError} `ARGUMENT_INVALID`, `JSON_MALFORMED` or `INPUT_TOO_LARGE`.
 */
export function parseGoldenTests(text: string, place: string): readonly GoldenTest[] {
  const read = z
    .array(goldenTest)
    .max(10_000)
    .safeParse(parseJson(text, testsBytesMax, place));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ComityError(
    'ARGUMENT_INVALID',
    `Cannot read ${quote(place)}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is no list of tests'}`,
  );
}

export function runGoldenTests(law: Law, tests: readonly GoldenTest[]): readonly GoldenResult[] {
  return tests.map(({ name, given: facets, when, expect }) => {
    const decision = decide(objectOf(facets), recipientOf(when.recipient), when.action, { charter: noCharter, law });
    const ruleIds = new Set(decision.reasons.map(({ ruleId }) => ruleId));
    const passed = decision.result === expect.result && expect.rules.every((rule) => ruleIds.has(rule));
    return { name, passed, expected: expect, decision };
  });
}

function objectOf({ tlp, pap, ...rest }: GoldenTest['given']): ObjectFacets {
  return {
    tlp: tlp ?? undefined,
    pap: pap ?? undefined,
    iep: undefined,
    unreadMarking: rest.unreadMarking ?? false,
    caveat: rest.caveat ?? false,
    origin: rest.origin ?? 'received',
    type: rest.type ?? 'indicator',
    personalData: rest.personalData ?? false,
    groups: rest.groups ?? [],
    persons: rest.persons ?? [],
    lease: rest.lease ?? 'none',
    hopsLeft: rest.hopsLeft,
  };
}

function recipientOf({
  key,
  kind,
  groups,
  sector,
  country,
  channel,
}: GoldenTest['when']['recipient']): RecipientFacets {
  return {
    key: key ?? `${kind}:test`,
    kind,
    groups: groups ?? [],
    sector: sector ?? '',
    country: country ?? '',
    channel: channel ?? { encrypted: true, hidesOrigin: false },
  };
}
