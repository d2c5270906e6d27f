import type { InteropRow } from './read-interop.ts';

/** A row of a property table, as `stix-spec/objects.json` holds the text of the standard. */
export interface SpecProperty {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly description: string;
}

/** A chapter about one type of object. */
export interface SpecObject {
  readonly section: string;
  readonly type: string;
  /** Headings of its list of common properties; null for a bundle, which has none. */
  readonly summary: Readonly<Record<string, readonly string[]>> | null;
  readonly id_contributing: readonly string[] | null;
  readonly property_tables: readonly { readonly section: string; readonly properties: readonly SpecProperty[] }[];
}

interface SpecVocabulary {
  readonly section: string;
  readonly name: string;
  readonly kind: string;
  readonly values: readonly { readonly value: string }[];
}

interface SpecRelationship {
  readonly source: string;
  /** One or several, `beacons-to, exfiltrates-to`. */
  readonly type: string;
  readonly targets: readonly string[];
}

interface SpecScale {
  readonly scale: string;
  readonly rows: readonly { readonly label: string; readonly value: string; readonly range: string }[];
}

/** What the generator reads, below `vectors/stix-spec` of the shared test data. */
export interface SpecTables {
  readonly objects: readonly SpecObject[];
  readonly vocabularies: readonly SpecVocabulary[];
  readonly relationships: readonly SpecRelationship[];
  readonly scales: readonly SpecScale[];
  /** The rows of Interoperability v1.0, from `vectors/rsigma`. */
  readonly interop: readonly InteropRow[];
}

/** The number of a section: `4.10` of `4.10 Location`, `10.9` of `10.9. Implementation…`. */
export function sectionNumber(section: string): string {
  return section.split(' ', 1)[0]?.replace(/\.$/, '') ?? section;
}

/**
 * The names of the tables after an object's own, in the order they stand: most are headed only "Properties".
 * The generated model is compared with OASIS's JSON schemas in a test, so a wrong name shows.
 */
export const structureNames: Readonly<Record<string, readonly string[]>> = {
  'email-message': ['email-mime-part-type'],
  file: [
    'archive-ext',
    'ntfs-ext',
    'alternate-data-stream-type',
    'pdf-ext',
    'raster-image-ext',
    'windows-pebinary-ext',
    'windows-pe-optional-header-type',
    'windows-pe-section-type',
  ],
  'network-traffic': ['http-request-ext', 'icmp-ext', 'socket-ext', 'tcp-ext'],
  process: ['windows-process-ext', 'windows-service-ext'],
  'user-account': ['unix-account-ext'],
  'windows-registry-key': ['windows-registry-value-type'],
  'x509-certificate': ['x509-v3-extensions-type'],
  'marking-definition': ['statement-marking', 'tlp-marking', 'granular-marking'],
};

/**
 * Where the table of the text and the text around it differ, and the reason for the reading taken. `field` is set to
 * `value`; the generator fails when the table already says so, so that no correction outlives its error.
 */
export const corrections: readonly {
  readonly object: string;
  readonly property: string;
  readonly field: 'name' | 'required' | 'type';
  readonly value: boolean | string;
  readonly why: string;
}[] = [
  {
    object: 'malware',
    property: 'is_family',
    field: 'required',
    value: true,
    why: 'required in the OASIS Standard, its schema and every implementation; the draft of the errata lost the word',
  },
  {
    object: 'sighting',
    property: 'summary',
    field: 'type',
    value: 'boolean',
    why: 'its text says "default value is false"; boolean in the OASIS Standard and its schema',
  },
  {
    object: 'process',
    property: 'windows_title',
    field: 'name',
    value: 'window_title',
    why: 'window_title in the OASIS Standard, its schema and the examples; the draft of the errata has a slip',
  },
];
