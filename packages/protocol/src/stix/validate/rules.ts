/** How bad a finding is: an error breaks a MUST of the standard, a warning a SHOULD. */
export type Severity = 'error' | 'warning';

interface Rule {
  readonly severity: Severity;
  /** Section of STIX 2.1 the rule stands in, or of another text by name; that of the object where it differs by object. */
  readonly section?: string;
  /** Number of the check of stix2-validator that looks for the same; its errors have none. */
  readonly check?: number;
  /** What the rule asks for. */
  readonly sentence: string;
}

/**
 * Every rule by its code. Codes are stable: they are written into reports and compared with. The numbers are those of
 * stix2-validator 3, so that whoever knows its warnings finds them again.
 */
export const rules = {
  // the object
  'object-form': { severity: 'error', section: '3.2', sentence: 'An object is a JSON object with a type and an id.' },
  'nesting-depth': { severity: 'error', section: '2', sentence: 'Values are nested no deeper than the limit.' },
  'findings-cut': { severity: 'error', section: '2', sentence: 'An object has no more faults than are listed.' },
  'type-name': { severity: 'error', section: '3.2', sentence: 'A type is 3 to 250 of a-z, 0-9 and single hyphens.' },
  'type-reserved': { severity: 'error', section: '3.2', sentence: 'Reserved types are not used.' },
  'stix-20': {
    severity: 'warning',
    section: '3.2',
    sentence: 'An object is of STIX 2.1; one without spec_version is of 2.0.',
  },
  'creator-type': { severity: 'warning', section: '3.2', sentence: 'The creator of an object is an identity.' },
  'custom-type': { severity: 'warning', section: '7.3', check: 401, sentence: 'A new type comes with an extension.' },
  'id-form': { severity: 'error', section: '2.9', sentence: 'An id is its type, two hyphens and an RFC 4122 UUID.' },
  'id-type': { severity: 'error', section: '2.9', sentence: 'An id begins with the type of its object.' },
  'id-version': {
    severity: 'warning',
    section: '2.9',
    check: 103,
    sentence: 'Ids are UUIDv4, those of observables v5.',
  },
  'id-namespace': {
    severity: 'error',
    section: '2.9',
    sentence: 'An observable without contributing values has a UUIDv4.',
  },
  'id-deterministic': {
    severity: 'warning',
    section: '2.9',
    sentence: 'The id of an observable follows from its values.',
  },
  // properties
  'property-missing': { severity: 'error', sentence: 'Required properties are there.' },
  'property-reserved': { severity: 'error', sentence: 'Reserved properties are not used.' },
  'property-name': { severity: 'error', section: '3.1', sentence: 'A name is 3 to 250 of a-z, 0-9 and underscore.' },
  'property-choice': { severity: 'error', sentence: 'One of several properties is there.' },
  'property-conflict': { severity: 'error', sentence: 'Properties that exclude each other are not both there.' },
  'property-dependency': { severity: 'error', sentence: 'A property that needs another comes with it.' },
  'property-deprecated': { severity: 'warning', check: 304, sentence: 'Deprecated properties are not used.' },
  'property-duplicate': {
    severity: 'error',
    section: '2',
    sentence: 'No key stands twice in a JSON object (RFC 8259 §4).',
  },
  'type-refused': { severity: 'error', section: '7.3', sentence: 'Types are defined, where that is asked for.' },
  'property-refused': {
    severity: 'error',
    section: '7.3',
    sentence: 'Properties are defined, where that is asked for.',
  },
  'custom-property': {
    severity: 'warning',
    section: '7.3',
    check: 401,
    sentence: 'New properties come with an extension.',
  },
  'custom-prefix': {
    severity: 'warning',
    section: '11',
    check: 101,
    sentence: 'A custom name says whose it is: x_source_name.',
  },
  'custom-prefix-lax': {
    severity: 'warning',
    section: '11',
    check: 102,
    sentence: 'A custom name begins with x_ or x-.',
  },
  // values
  'value-type': { severity: 'error', section: '2', sentence: 'A value has the type its property asks for.' },
  'value-null': { severity: 'error', section: '2', sentence: 'No value is null.' },
  'value-range': { severity: 'error', sentence: 'A number is within its range.' },
  'list-empty': { severity: 'error', section: '2.12', sentence: 'A list has at least one item.' },
  'dictionary-empty': { severity: 'error', section: '2.3', sentence: 'A dictionary has at least one key.' },
  'dictionary-key': {
    severity: 'error',
    section: '2.3',
    sentence: 'A key is at most 250 of letters, digits, - and _.',
  },
  'dictionary-key-case': { severity: 'warning', section: '2.3', check: 142, sentence: 'A key is in lower case.' },
  'timestamp-form': { severity: 'error', section: '2.16', sentence: 'A timestamp is an RFC 3339 time in UTC.' },
  'timestamp-calendar': { severity: 'error', section: '2.16', sentence: 'A timestamp is a day and a time that exist.' },
  'timestamp-precision': { severity: 'error', sentence: 'A timestamp has the digits its property asks for.' },
  'timestamp-order': { severity: 'error', sentence: 'Of two times of an object the later is not before the earlier.' },
  'enumeration-value': { severity: 'error', sentence: 'A value is one of its enumeration.' },
  'vocabulary-value': { severity: 'warning', check: 210, sentence: 'A value is one of its open vocabulary.' },
  'vocabulary-form': {
    severity: 'warning',
    section: '2.14',
    check: 111,
    sentence: 'A vocabulary value is lower case with hyphens.',
  },
  'reference-form': { severity: 'error', section: '2.9', sentence: 'A reference is the id of an object.' },
  'reference-type': { severity: 'error', sentence: 'A reference names an object of a type it may name.' },
  'reference-key': { severity: 'error', section: '4.14', sentence: 'A reference inside observed data is a key of it.' },
  'hash-name': {
    severity: 'error',
    section: '2.7',
    sentence: 'The name of a hash is 3 to 250 of letters, digits, - and _.',
  },
  'hash-algorithm': { severity: 'warning', section: '10.7', check: 241, sentence: 'A hash is of a known algorithm.' },
  'hash-name-length': {
    severity: 'warning',
    section: '2.7',
    check: 150,
    sentence: 'The name of a hash has at most 30 signs.',
  },
  'hash-value': { severity: 'error', section: '2.7', sentence: 'A hash has the form of its algorithm.' },
  'hex-value': { severity: 'error', section: '2.8', sentence: 'A hex value is an even number of hex digits.' },
  'binary-value': { severity: 'error', section: '2.1', sentence: 'A binary value is padded base64 (RFC 4648).' },
  'url-form': { severity: 'error', section: '6.15', sentence: 'A URL is written as RFC 3986 asks.' },
  'language-tag': { severity: 'error', section: '3.2', sentence: 'A language is an RFC 5646 tag.' },
  'kill-chain-name': {
    severity: 'warning',
    section: '2.11',
    check: 121,
    sentence: 'Names of kill chains are lower case with hyphens.',
  },
  'external-reference': { severity: 'error', section: '2.5', sentence: 'An external reference says where and what.' },
  'external-reference-id': {
    severity: 'error',
    section: '2.5',
    sentence: 'CVE and CAPEC ids are written with their source.',
  },
  'external-reference-hashes': {
    severity: 'warning',
    section: '2.5',
    check: 302,
    sentence: 'A URL comes with hashes.',
  },
  // markings and languages
  'marking-choice': {
    severity: 'error',
    section: '7.2.3',
    sentence: 'A granular marking has a marking_ref or a lang.',
  },
  'selector-form': {
    severity: 'error',
    section: '7.2.3.1',
    sentence: 'A selector is property names and [indexes] with dots.',
  },
  'selector-target': { severity: 'error', section: '7.2.3.1', sentence: 'A selector names something in the object.' },
  'marking-cycle': { severity: 'error', section: '7.2.1', sentence: 'A marking does not mark itself.' },
  'marking-content': {
    severity: 'error',
    section: '7.2.1',
    sentence: 'A marking has a definition of its type or an extension.',
  },
  'marking-tlp': {
    severity: 'error',
    section: '7.2.1.4',
    sentence: 'No TLP markings but the four of the standard exist.',
  },
  'marking-type': {
    severity: 'warning',
    section: '7.2.1',
    check: 201,
    sentence: 'A definition_type is statement or tlp.',
  },
  'custom-marking': {
    severity: 'warning',
    section: '7.2.1',
    check: 401,
    sentence: 'A new kind of marking comes with an extension.',
  },
  'translation-form': { severity: 'error', section: '7.1.1', sentence: 'Translations are by language and property.' },
  'translation-target': { severity: 'error', section: '7.1.1', sentence: 'A translation mirrors what it translates.' },
  // extensions
  'extension-name': {
    severity: 'error',
    section: '3.10',
    sentence: 'An extension is predefined or an extension-definition.',
  },
  'extension-type': { severity: 'error', section: '7.3', sentence: 'An extension says what kind of extension it is.' },
  'extension-empty': { severity: 'error', section: '3.10', sentence: 'An extension has at least one property.' },
  'extension-undefined': {
    severity: 'warning',
    section: '3.10',
    check: 401,
    sentence: 'An extension has an extension-definition.',
  },
  'extension-description': { severity: 'warning', section: '7.3', check: 305, sentence: 'An extension is described.' },
  'extension-names': {
    severity: 'warning',
    section: '7.3',
    check: 306,
    sentence: 'A top-level extension lists its properties.',
  },
  'extension-names-misplaced': {
    severity: 'error',
    section: '7.3',
    sentence: 'Only a top-level extension lists properties.',
  },
  // single types
  'indicator-texts': {
    severity: 'warning',
    section: '4.7',
    check: 303,
    sentence: 'An indicator has a name and a description.',
  },
  'pattern-form': { severity: 'error', section: '9', sentence: 'A STIX pattern can be parsed.' },
  'pattern-name': {
    severity: 'error',
    section: '9.7',
    sentence: 'Types and properties in a pattern are named as such.',
  },
  'country-code': { severity: 'warning', section: '4.10', check: 277, sentence: 'A country is an ISO 3166-1 code.' },
  'product-name': {
    severity: 'warning',
    section: '4.12',
    check: 143,
    sentence: 'A product is lower case with hyphens.',
  },
  'relationship-type': {
    severity: 'error',
    section: '5.1',
    sentence: 'A relationship type is of a-z, 0-9 and hyphens.',
  },
  'relationship-suggested': {
    severity: 'warning',
    section: '3.7',
    check: 202,
    sentence: 'A relationship is one the standard suggests.',
  },
  'observable-key': {
    severity: 'warning',
    section: '4.14',
    check: 141,
    sentence: 'Keys of observed data are numbers.',
  },
  'media-type': { severity: 'warning', section: '6.7', check: 271, sentence: 'A media type is one IANA lists.' },
  'media-type-form': {
    severity: 'error',
    section: '6.1',
    sentence: 'A media type is written type/subtype, of a type IANA lists.',
  },
  'character-set': { severity: 'error', section: '6.3', sentence: 'A character set is one IANA lists.' },
  'email-address': { severity: 'error', section: '6.5', sentence: 'An e-mail address is an addr-spec (RFC 5322).' },
  'domain-form': { severity: 'error', section: '6.4', sentence: 'A domain name is one (RFC 1034, RFC 5890).' },
  'address-form': { severity: 'error', sentence: 'An address is written as its family asks.' },
  'network-ports': { severity: 'warning', section: '6.12', check: 301, sentence: 'Network traffic has both ports.' },
  'protocol-name': { severity: 'warning', section: '6.12', check: 272, sentence: 'A protocol is named as IANA does.' },
  'ipfix-name': {
    severity: 'warning',
    section: '6.12',
    check: 273,
    sentence: 'An IPFIX element is named as IANA does.',
  },
  'header-name': { severity: 'warning', section: '6.12', check: 274, sentence: 'A request header is a known one.' },
  'socket-option': { severity: 'warning', section: '6.12', check: 275, sentence: 'A socket option is a known one.' },
  'pdf-info-key': {
    severity: 'warning',
    section: '6.7',
    check: 276,
    sentence: 'A key of PDF information is a known one.',
  },
  'priority-class': { severity: 'warning', section: '6.13', check: 149, sentence: 'A priority ends in _CLASS.' },
  'cpe-form': { severity: 'error', section: '6.14', sentence: 'A CPE is a formatted string of version 2.3.' },
  'registry-hive': { severity: 'error', section: '6.17', sentence: 'The hive of a registry key is written out.' },
  // bundles
  'bundle-form': { severity: 'error', section: '8', sentence: 'A bundle has a type, an id and STIX objects.' },
  'version-duplicate': {
    severity: 'warning',
    section: '3.6',
    check: 203,
    sentence: 'No version of an object stands twice.',
  },
  'version-contradiction': {
    severity: 'warning',
    section: '3.6',
    check: 203,
    sentence: 'One version of an object has one content.',
  },
  'reference-missing': { severity: 'warning', section: '3.2', sentence: 'What is referred to stands in the bundle.' },
  // Interop v1.0, checked by its profile only
  'interop-creator': {
    severity: 'error',
    section: 'Interop v1.0 §2.3.4',
    sentence: 'Interop: objects name a producer that stands in the bundle.',
  },
  'interop-tlp': {
    severity: 'error',
    section: 'Interop v1.0 §2.3.3',
    sentence: 'Interop: an object has at most one TLP marking.',
  },
  'interop-property': { severity: 'error', sentence: 'Interop: the properties of the use case are there.' },
} as const satisfies Record<string, Rule>;

/** The code of a rule. */
export type RuleCode = keyof typeof rules;

/** The rule behind a code. */
export function ruleOf(code: RuleCode): Rule {
  return rules[code];
}

/** Numbers of stix2-validator's checks by the vocabulary they look at; others count as 210, all of them. */
export const vocabularyChecks: Readonly<Record<string, number>> = {
  'attack-motivation-ov': 211,
  'attack-resource-level-ov': 212,
  'identity-class-ov': 213,
  'indicator-type-ov': 214,
  'industry-sector-ov': 215,
  'malware-type-ov': 216,
  'report-type-ov': 218,
  'threat-actor-type-ov': 219,
  'threat-actor-role-ov': 220,
  'threat-actor-sophistication-ov': 221,
  'tool-type-ov': 222,
  'region-ov': 223,
  'grouping-context-ov': 225,
  'implementation-language-ov': 226,
  'infrastructure-type-ov': 227,
  'malware-capabilities-ov': 228,
  'processor-architecture-ov': 230,
  'malware-result-ov': 231,
  'windows-pebinary-type-ov': 243,
  'account-type-ov': 244,
  'pattern-type-ov': 245,
};
