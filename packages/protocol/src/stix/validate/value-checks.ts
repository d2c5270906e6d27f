import { hasTimestampForm, recogniseTimestampUs } from '../../base/index.ts';
import type { JsonValue } from '../../base/index.ts';
import { enumerations } from '../model/enumerations.ts';
import { kindOfType } from '../model/object-kinds.ts';
import { openVocabularies } from '../model/open-vocabularies.ts';
import type { PropertyRow } from '../model/rows.ts';
import { checkDictionary, checkHashes } from './dictionary-checks.ts';
import { isBase64, isHex, isHyphenated, isLanguageTag, isUri, uuidStartOf } from './forms.ts';
import { named, needObject, shown, wrongType } from './report.ts';
import type { Report } from './report.ts';
import { vocabularyChecks } from './rules.ts';

/** Looks at the value of one property. `key` is its name, or its index in a list. */
export type Check = (value: JsonValue, key: string | number, report: Report) => void;

/** Checks of structures by name: external references, extensions, embedded types. */
export type StructureChecks = ReadonlyMap<string, Check>;

/** Makes the check of a row of the model. Rows are compiled once; a check allocates nothing while it finds nothing. */
export function compileValue(row: PropertyRow, structures: StructureChecks): Check {
  const list = /^list of type (.+)$/.exec(row.type)?.[1];
  if (list === undefined) return compileScalar(row.type, row, structures);
  return listOf(compileScalar(list, row, structures));
}

function listOf(check: Check): Check {
  return (value, key, report) => {
    if (!Array.isArray(value)) {
      wrongType(value, key, report, 'a list');
      return;
    }
    if (value.length === 0) report.add('list-empty', key, `Fill the list ${named(key)} or leave it out`);
    report.enter(key);
    for (let index = 0; index < value.length && !report.isFull; index++) check(value[index] ?? null, index, report);
    report.leave();
  };
}

function compileScalar(type: string, row: PropertyRow, structures: StructureChecks): Check {
  switch (type) {
    case 'string':
      return row.values === undefined ? checkString : oneOf(new Set(row.values));
    case 'boolean':
      return checkBoolean;
    case 'integer':
    case 'float':
      return numberCheck(type, row.min ?? -Infinity, row.max ?? Infinity);
    case 'timestamp':
      return timestampCheck(row.digitsMin ?? 0);
    case 'identifier':
      return identifierCheck(row.refs);
    case 'enum':
      return oneOf(new Set(row.values ?? enumerations[String(row.vocabulary)]?.values));
    case 'open-vocab':
      return row.vocabulary === undefined ? checkString : vocabularyCheck(row.vocabulary);
    case 'hex':
      return formCheck(isHex, 'hex-value', 'an even number of hex digits');
    case 'binary':
      return formCheck(isBase64, 'binary-value', 'base64 with padding');
    case 'url':
      return formCheck(isUri, 'url-form', 'a URL');
    case 'language':
      return formCheck(isLanguageTag, 'language-tag', 'an RFC 5646 language tag');
    case 'hashes':
      return checkHashes;
    case 'dictionary':
      return checkDictionary;
    case 'observable-container':
      return (value, key, report) => void needObject(value, key, report);
    case 'RESERVED':
      return (_, key, report) =>
        report.add('property-reserved', key, `Leave out ${named(key)}: the standard reserves it`);
    default:
      // Some structures hold others that are compiled after them, or themselves.
      return (value, key, report) => structures.get(type)?.(value, key, report);
  }
}

const checkString: Check = (value, key, report) => {
  if (typeof value !== 'string') wrongType(value, key, report, 'text');
};

const checkBoolean: Check = (value, key, report) => {
  if (typeof value !== 'boolean') wrongType(value, key, report, 'true or false');
};

/** Integers are exact in a double (STIX 2.1 §2.10): ±(2^53 - 1). */
function numberCheck(type: 'integer' | 'float', min: number, max: number): Check {
  const isOfType = type === 'integer' ? Number.isSafeInteger : Number.isFinite;
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
  return (value, key, report) => {
    if (!isOfType(value)) wrongType(value, key, report, type === 'integer' ? 'a whole number' : 'a number');
    else if (Number(value) < min || Number(value) > max)
      report.add('value-range', key, `Write a number ${range} as ${named(key)}, not ${shown(value)}`);
  };
}

function timestampCheck(digitsMin: number): Check {
  return (value, key, report) => {
    if (typeof value !== 'string') {
      wrongType(value, key, report, 'a timestamp');
    } else if (recogniseTimestampUs(value) === undefined) {
      if (hasTimestampForm(value))
        report.add('timestamp-calendar', key, `Correct ${named(key)}: there is no ${shown(value)}`);
      else report.add('timestamp-form', key, `Write ${named(key)} as YYYY-MM-DDTHH:mm:ss[.s+]Z, not ${shown(value)}`);
    } else if (digitsMin > 0 && value.length < secondsEnd + 2 + digitsMin) {
      report.add(
        'timestamp-precision',
        key,
        `Write ${named(key)} with ${digitsMin} digits of a second or more, not ${shown(value)}`,
      );
    }
  };
}

/** Where the seconds of `0000-00-00T00:00:00` end. */
const secondsEnd = 19;

const groups: ReadonlySet<string> = new Set(['SDO', 'SCO', 'SRO']);

/** @param refs - Types, or one or more groups; any identifier when left out. */
function identifierCheck(refs: readonly string[] | undefined): Check {
  const allowed = refs === undefined ? undefined : new Set(refs);
  const isByGroup = refs?.some((ref) => groups.has(ref)) ?? false;
  return (value, key, report) => {
    if (typeof value !== 'string') {
      wrongType(value, key, report, 'an identifier');
      return;
    }
    const start = uuidStartOf(value);
    if (start < 0) {
      report.add(
        key === 'id' ? 'id-form' : 'reference-form',
        key,
        `Write ${named(key)} as type--UUID, not ${shown(value)}`,
      );
    } else if (allowed !== undefined) {
      const type = value.slice(0, start - 2);
      if (isByGroup ? !isInGroup(type, allowed) : !allowed.has(type))
        report.add(
          'reference-type',
          key,
          `Refer to ${alternatives([...allowed])} in ${named(key)}, not to ${shown(value)}`,
        );
    }
  };
}

/** What nobody defined may be of any kind, as far as one object can tell. */
function isInGroup(type: string, allowed: ReadonlySet<string>): boolean {
  const kind = kindOfType(type);
  return kind === 'custom' ? type !== 'bundle' : allowed.has(kind);
}

function oneOf(values: ReadonlySet<string>): Check {
  return (value, key, report) => {
    if (typeof value !== 'string') wrongType(value, key, report, 'text');
    else if (!values.has(value))
      report.add('enumeration-value', key, `Write ${alternatives([...values])} as ${named(key)}, not ${shown(value)}`);
  };
}

function vocabularyCheck(name: string): Check {
  const values = new Set(openVocabularies[name]?.values);
  const number = vocabularyChecks[name];
  return (value, key, report) => {
    if (typeof value !== 'string') {
      wrongType(value, key, report, 'text');
    } else if (!values.has(value)) {
      report.add('vocabulary-value', key, `Prefer a value of ${name} to ${shown(value)}`, number);
      if (!isHyphenated(value)) report.add('vocabulary-form', key, `Write ${shown(value)} in lower case with hyphens`);
    }
  };
}

function formCheck(
  test: (text: string) => boolean,
  code: 'hex-value' | 'binary-value' | 'url-form' | 'language-tag',
  what: string,
): Check {
  return (value, key, report) => {
    if (typeof value !== 'string') wrongType(value, key, report, what);
    else if (!test(value)) report.add(code, key, `Write ${what} as ${named(key)}, not ${shown(value)}`);
  };
}

/** `a or b`; long lists are cut. */
function alternatives(values: readonly string[]): string {
  if (values.length <= 8) return values.join(' or ');
  return `${values.slice(0, 8).join(', ')} or another of ${values.length}`;
}
