import { readFileSync } from 'node:fs';
import type { JsonValue } from '@comity/protocol/base';
import { validateBundle } from '@comity/protocol/stix';
import type { DefinitionRow, Finding, RuleCode, ValidateBundleOptions } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const casesPath = 'vectors/stix-validator/validate-cases.json';
const codesPath = 'vectors/stix-validator/check-codes.json';

interface Case {
  readonly document: JsonValue;
  readonly options: {
    readonly version?: '2.0' | '2.1';
    readonly strict?: boolean;
    readonly disabled?: readonly string[];
    readonly enabled?: readonly string[];
    readonly strict_types?: boolean;
    readonly strict_properties?: boolean;
    readonly schema_dir?: string;
    readonly interop?: boolean;
    readonly enforce_refs?: boolean;
  };
  /** `valid`, `invalid`, or `error:` with the exception the validator ended with. */
  readonly expect: string;
  readonly errors: readonly string[];
  readonly must_level: { readonly valid: boolean | null };
  readonly source: string;
}

/**
 * The documents OASIS's validator is tested with, at both levels: with default options (only MUSTs count) and with the
 * options of its test (mostly strict: SHOULDs count too).
 */
export const stixValidatorSuite: Suite = {
  name: 'stix2-validator',
  needs: [casesPath, codesPath],
  run: () => {
    const { cases } = read(casesPath) as { cases: Case[] };
    const { codes } = read(codesPath) as { codes: Codes };
    return [
      levelScore('stix2-validator, MUSTs', cases, 559, (each) => each.must_level.valid === true, mustFindings),
      levelScore(
        'stix2-validator, its options',
        cases,
        554,
        (each) => each.expect === 'valid',
        (each) => optionFindings(each, codes),
      ),
    ];
  },
};

/** Names of checks by number; one digit names a group of them. */
type Codes = Readonly<Record<string, string>>;

/**
 * Tests in which we find a MUST broken that the validator does not look at, with its rule: the verdict is compared without
 * it. Explained in docs/spec/stix-validation.md; a test that is not listed must agree, and a listed one must need it.
 */
const beyond: Readonly<Record<string, RuleCode>> = {
  test_custom_property_name_invalid_character: 'property-name',
  test_custom_property_name_long: 'property-name',
  test_invalid_start_end_time: 'reference-form',
  test_network_traffic_end_is_active: 'reference-form',
  test_network_traffic_http_request_header: 'reference-form',
  test_network_traffic_ipfix: 'reference-form',
  test_network_traffic_ports: 'reference-form',
  test_network_traffic_protocols: 'reference-form',
  test_network_traffic_socket_options: 'reference-form',
  test_software_language_iso639_compatibility: 'language-tag',
  test_wellformed_network_traffic: 'reference-form',
};

/** Tests whose finding we do not share, with what the standard says: they count as not passed. */
const notShared: Readonly<Record<string, string>> = {
  test_software_language: 'bbb is a language IANA lists (RFC 5646)',
  test_custom_toplevel_property_with_extension: 'what an extension declares needs no x_ (§7.3)',
  test_invalid_type_name_lax: 'a type an extension defines needs no x- (§7.3)',
  test_observable_object_custom_toplevel_property_with_extension: 'an observable may have a top-level extension (§7.3)',
};

/**
 * As many must agree as do: one disagreement more fails.
 *
 * @param findings - Those that count; undefined when the options themselves are refused.
 */
function levelScore(
  name: string,
  cases: readonly Case[],
  required: number,
  isValid: (each: Case) => boolean,
  findings: (each: Case) => readonly Finding[] | undefined,
): Score {
  return scoreOf(name, cases, required, (each) => {
    const test = each.source.replace(/^.*::/, '');
    const found = findings(each);
    const shared = found?.filter(({ code }) => code !== beyond[test]);
    const isAgreed = (shared?.length === 0) === isValid(each);
    if (isAgreed) return undefined;
    const why = isValid(each) ? `we find ${textOf(shared)}` : `they find ${each.errors.join('; ').slice(0, 120)}`;
    return `${test}: ${why} (${notShared[test] ?? `NOT LISTED as a disagreement, ${JSON.stringify(each.options)}`})`;
  });
}

function textOf(findings: readonly Finding[] = []): string {
  return findings
    .map(({ code, path }) => `${code} at ${path}`)
    .join(', ')
    .slice(0, 200);
}

function mustFindings({ document }: Case): Finding[] {
  return validateBundle(JSON.stringify(document)).filter(({ severity }) => severity === 'error');
}

/** Errors always count; of the warnings those the validator has a check for, unless its test switches that off. */
function optionFindings({ document, options }: Case, codes: Codes): Finding[] | undefined {
  const names = new Set(Object.values(codes));
  if ([...(options.enabled ?? []), ...(options.disabled ?? [])].some((name) => !names.has(name))) return undefined;
  return validateBundle(JSON.stringify(document), optionsOf(options)).filter(({ code, severity, check }) => {
    if (code === 'type-refused') return options.strict_types === true;
    if (code === 'property-refused') return options.strict_properties === true;
    if (severity === 'error') return true;
    return options.strict === true && check !== undefined && isActive(check, codes, options);
  });
}

/** Whether a check is made, alone or with its group. */
function isActive(check: number, codes: Codes, { disabled = [], enabled = [] }: Case['options']): boolean {
  const name = codes[String(check)] ?? '';
  if (enabled.length > 0) return enabled.includes(name);
  const inGroup = (group: string, from: number, to: number): boolean =>
    check >= from && check <= to && disabled.includes(group);
  if (inGroup('format-checks', 100, 199) || inGroup('approved-values', 200, 299)) return false;
  if (inGroup('all-vocabs', 210, 269) || inGroup('all-external-sources', 270, 279)) return false;
  // How custom content is named is looked at when the use of extensions is not; the stricter rule holds the laxer one.
  const isNaming = check === 101 || check === 102;
  if (isNaming && !disabled.includes('extensions-use')) return false;
  if (check === 102 && !disabled.includes('custom-prefix')) return true;
  return !disabled.includes(name);
}

function optionsOf(options: Case['options']): ValidateBundleOptions {
  return {
    ...(options.version !== undefined && { specVersion: options.version }),
    ...(options.interop === true && { profile: 'interop' }),
    ...((options.strict_types === true || options.strict_properties === true) && { closed: true }),
    ...(options.enforce_refs === true && { containment: true }),
    ...(options.schema_dir !== undefined && { definitions: testSchemas }),
  };
}

/** What the JSON schemas beside the validator's tests ask for. */
const testSchemas: readonly DefinitionRow[] = [
  {
    source: 'indicator.json',
    type: 'indicator',
    place: 'object',
    properties: { name: { type: 'string', values: ['Foobar'] } },
  },
  {
    source: 'tool.json',
    type: 'tool',
    place: 'object',
    properties: { foo_value: { type: 'string', required: true }, bar_value: { type: 'string' } },
  },
  {
    source: 'x-new-type.json',
    type: 'x-new-type',
    place: 'object',
    properties: { property1: { type: 'string' }, property2: { type: 'integer' } },
  },
  {
    source: 'file.json',
    extension: 'extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e',
    type: 'file',
    place: 'extension',
    properties: { foo_value: { type: 'string', required: true }, bar_value: { type: 'string' } },
  },
  {
    source: 'extension-definition--993ce403-6fdd-4efa-8279-31cf2d91b1c8.json',
    extension: 'extension-definition--993ce403-6fdd-4efa-8279-31cf2d91b1c8',
    place: 'object',
    properties: { grade: { type: 'enum', required: true, values: ['A', 'B', 'C', 'D', 'F'] } },
  },
];

function read(path: string): unknown {
  return JSON.parse(readFileSync(findShared(path) ?? path, 'utf8'));
}
