import { ComityError, quote, recogniseTimestampUs } from '../base/index.ts';

/** Versions of an object a client asks for (TAXII 2.1 §3.4.1). The words add up: `first,last` is both. */
export interface VersionFilter {
  readonly first: boolean;
  readonly last: boolean;
  readonly all: boolean;
  /** Exact versions, µs. */
  readonly atUs: ReadonlySet<number>;
}

/** What a client asks of a collection, checked. An undefined list is no condition; within a list one is enough. */
export interface TaxiiFilter {
  /** Only what came into the collection later than this, µs. */
  readonly addedAfterUs: number | undefined;
  readonly ids: readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
  readonly versions: VersionFilter;
  readonly specVersions: readonly string[] | undefined;
}

/** A query: the filter, how many, and where to go on. */
export interface TaxiiQuery {
  readonly filter: TaxiiFilter;
  /** A positive integer as the client gave it; undefined: as many as the server likes. */
  readonly limit: number | undefined;
  /** A cursor of an earlier answer, unread. */
  readonly next: string | undefined;
}

/** Endpoints with filters, by their parameters (TAXII 2.1 §3.4, §5). */
export type FilteredEndpoint = 'objects' | 'object' | 'manifest' | 'versions' | 'delete';

const matchFields: Record<FilteredEndpoint, ReadonlySet<string>> = {
  objects: new Set(['id', 'type', 'version', 'spec_version']),
  manifest: new Set(['id', 'type', 'version', 'spec_version']),
  object: new Set(['version', 'spec_version']),
  versions: new Set(['spec_version']),
  delete: new Set(['version', 'spec_version']),
};
/** Values of one field: what a page of ids needs, and a bound on the work. */
const valuesMax = 200;

/** Everything of an object. */
export const allVersions: VersionFilter = { first: false, last: false, all: true, atUs: new Set() };
/** What is given unless a client says otherwise. */
export const lastVersion: VersionFilter = { first: false, last: true, all: false, atUs: new Set() };

/**
 * Reads the query of a request. A comma within a field is an OR, different fields are an AND; a field that stands twice is
 * refused, as the interoperability test wants. What this server does not know is left aside, and so is an empty value.
 *
 * @param query - Attacker-controlled, behind the `?`; percent-encoded or not.
 * @throws {ComityError} `ARGUMENT_INVALID` names the parameter.
 */
export function parseTaxiiQuery(query: string, endpoint: FilteredEndpoint): TaxiiQuery {
  const given = new Map<string, string>();
  const matched = matchFields[endpoint];
  for (const [name, value] of new URLSearchParams(query)) {
    const field = /^match\[(\w+)\]$/.exec(name)?.[1];
    const isKnown = field === undefined ? pageParameters.has(name) && endpoint !== 'delete' : matched.has(field);
    if (!isKnown) continue;
    if (given.has(name)) throw invalid(name, 'it stands there twice; give several values with commas');
    given.set(name, value);
  }
  const limit = given.get('limit');
  if (limit !== undefined && !/^0*[1-9]\d{0,15}$/.test(limit)) throw invalid('limit', `${quote(limit)} is no count`);
  return {
    filter: {
      addedAfterUs: addedAfterOf(given.get('added_after')),
      ids: listOf('match[id]', given),
      types: listOf('match[type]', given),
      versions: versionsOf(listOf('match[version]', given), endpoint),
      specVersions: listOf('match[spec_version]', given),
    },
    limit: limit === undefined ? undefined : Number(limit),
    next: given.get('next') || undefined,
  };
}

const pageParameters: ReadonlySet<string> = new Set(['added_after', 'limit', 'next']);

/** Whether a version passes. @param versionUs - `modified`, else `created`, else the date it was added. */
export function passesVersion(
  filter: VersionFilter,
  version: { readonly isFirst: boolean; readonly isLast: boolean; readonly versionUs: number },
): boolean {
  return (
    filter.all ||
    (filter.last && version.isLast) ||
    (filter.first && version.isFirst) ||
    filter.atUs.has(version.versionUs)
  );
}

function addedAfterOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const us = recogniseTimestampUs(text);
  if (us === undefined)
    throw invalid('added_after', `${quote(text)} is no time such as 2016-01-01T01:01:01.000000Z, in UTC`);
  return us;
}

function listOf(name: string, given: ReadonlyMap<string, string>): readonly string[] | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const values = text.split(',').filter((value) => value !== '');
  if (values.length > valuesMax) throw invalid(name, `it has ${values.length} values, at most ${valuesMax} are taken`);
  return values.length === 0 ? undefined : values;
}

function versionsOf(values: readonly string[] | undefined, endpoint: FilteredEndpoint): VersionFilter {
  // Without the parameter a deletion is of the whole object (§5.7), and the versions are all of them (§5.8).
  if (values === undefined) return endpoint === 'delete' || endpoint === 'versions' ? allVersions : lastVersion;
  if (values.includes('all') && values.length > 1) throw invalid('match[version]', '"all" stands alone');
  const times = values.filter((value) => value !== 'first' && value !== 'last' && value !== 'all');
  const atUs = times.map((text) => {
    const us = recogniseTimestampUs(text);
    if (us === undefined) throw invalid('match[version]', `${quote(text)} is not first, last, all or a time in UTC`);
    return us;
  });
  return {
    first: values.includes('first'),
    last: values.includes('last'),
    all: values.includes('all'),
    atUs: new Set(atUs),
  };
}

function invalid(name: string, why: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot use ${name}: ${why}`, { details: { parameter: name } });
}
