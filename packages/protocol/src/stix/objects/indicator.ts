import { timestampOfUs } from '../../base/index.ts';
import { findText, findTimeUs, needText, textsOf, wrong } from '../fields.ts';
import type { StixObject } from '../object.ts';
import { makeObject, present, timeText } from './make-object.ts';
import type { CommonOptions } from './make-object.ts';

/** What the platform reads of an indicator (STIX 2.1 §4.7). */
export interface IndicatorView {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly pattern: string;
  /** `stix`, `sigma`, `snort`, `yara` …; `stix` where STIX 2.0 had no other. */
  readonly patternType: string;
  readonly patternVersion: string | undefined;
  /** Grammar a `stix` pattern is to be read by: that of the indicator's own specification. */
  readonly stixVersion: '2.0' | '2.1';
  readonly validFromUs: number;
  /** Undefined: valid until revoked. */
  readonly validUntilUs: number | undefined;
  /** `indicator_types`, which STIX 2.0 kept in `labels`. */
  readonly indicatorTypes: readonly string[];
}

/** What an indicator is made of. */
export interface IndicatorOptions extends CommonOptions {
  readonly pattern: string;
  /** Default `stix`. */
  readonly patternType?: string;
  readonly validFromUs: number;
  /** After `validFromUs`. */
  readonly validUntilUs?: number;
  readonly name?: string;
  readonly description?: string;
  readonly indicatorTypes?: readonly string[];
  readonly killChainPhases?: readonly KillChainPhase[];
}

/** A phase of a named kill chain (STIX 2.1 §2.11). */
export interface KillChainPhase {
  readonly killChainName: string;
  readonly phaseName: string;
}

/** @throws {ComityError} `STIX_MALFORMED` without a pattern or `valid_from`, or when it ends before it begins. */
export function parseIndicator(object: StixObject): IndicatorView {
  const { value } = object;
  const pattern = needText(object, 'pattern');
  const validFromUs = findTimeUs(object, 'valid_from');
  const validUntilUs = findTimeUs(object, 'valid_until');
  if (validFromUs === undefined) throw wrong(object, 'has no valid_from');
  if (validUntilUs !== undefined && validUntilUs < validFromUs)
    throw wrong(object, 'ends (valid_until) before it begins');
  const types = textsOf(value, 'indicator_types');
  return {
    name: findText(value, 'name'),
    description: findText(value, 'description'),
    pattern,
    patternType: findText(value, 'pattern_type') ?? 'stix',
    patternVersion: findText(value, 'pattern_version'),
    stixVersion: (findText(value, 'spec_version') ?? '2.0') === '2.0' ? '2.0' : '2.1',
    validFromUs,
    validUntilUs,
    indicatorTypes: types.length > 0 ? types : textsOf(value, 'labels'),
  };
}

/** Builds an indicator (STIX 2.1 §4.7). */
export function makeIndicator(options: IndicatorOptions): StixObject {
  return makeObject('indicator', options, {
    name: options.name,
    description: options.description,
    indicator_types: options.indicatorTypes,
    pattern: options.pattern,
    pattern_type: options.patternType ?? 'stix',
    valid_from: timestampOfUs(options.validFromUs),
    valid_until: timeText(options.validUntilUs),
    kill_chain_phases: options.killChainPhases?.map((phase) =>
      present({ kill_chain_name: phase.killChainName, phase_name: phase.phaseName }),
    ),
  });
}
