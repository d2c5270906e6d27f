/** Categories of MISP, each by a letter: `a` is the first. */
const categories = [
  'Internal reference',
  'Targeting data',
  'Antivirus detection',
  'Payload delivery',
  'Artifacts dropped',
  'Payload installation',
  'Persistence mechanism',
  'Network activity',
  'Payload type',
  'Attribution',
  'External analysis',
  'Financial fraud',
  'Support Tool',
  'Social network',
  'Person',
  'Other',
] as const;

/**
 * Types of attributes by the categories they may stand in, the usual one first. A MISP refuses an attribute in another, and a
 * client the whole event it is in. A type with a blank in it is written with `_`.
 *
 * Spec: MISP core format, "Attribute"; what `describeTypes` of a MISP says.
 */
const typesOfCategories: Readonly<Record<string, string>> = {
  a: 'git-commit-id',
  b: 'target-user target-email target-machine target-org target-location target-external',
  d: `email-attachment email-body email-dst-display-name email-src-display-name email-header email-reply-to email-x-mailer
    email-mime-boundary email-thread-index email-message-id`,
  def: `authentihash vhash ssdeep imphash telfhash impfuzzy sha224 sha384 sha512 sha512/224 sha512/256 cdhash
    filename|authentihash filename|vhash filename|ssdeep filename|imphash filename|impfuzzy filename|pehash
    filename|sha224 filename|sha384 filename|sha512 filename|sha512/224 filename|sha512/256 filename|tlsh`,
  defgk: 'filename',
  defk: `md5 sha1 sha256 filename|md5 filename|sha1 filename|sha256 malware-sample sha3-224 sha3-256 sha3-384 sha3-512
    filename|sha3-224 filename|sha3-256 filename|sha3-384 filename|sha3-512`,
  df: 'malware-type pehash tlsh mobile-application-id azure-application-id chrome-extension-id edge-extension-id',
  dh: 'email-subject',
  dhn: 'email-src',
  e: `pdb gene kusto-query named_pipe mutex process-state windows-scheduled-task windows-service-name
    windows-service-displayname`,
  edf: 'mime-type',
  fde: 'yara sigma',
  fdeh: 'stix2-pattern',
  fdehk: 'pattern-in-file filename-pattern',
  fek: 'pattern-in-memory',
  gek: 'regkey regkey|value',
  h: 'http-method favicon-mmh3 ssh-fingerprint uri dkim dkim-signature',
  hd: 'hostname|port',
  hdefjk: 'x509-fingerprint-sha1 x509-fingerprint-md5 x509-fingerprint-sha256',
  hdfk: 'pattern-in-traffic',
  hdk: `ip-src ip-dst hostname domain url user-agent ja3-fingerprint-md5 jarm-fingerprint hassh-md5 hasshserver-md5 AS
    ip-dst|port ip-src|port mac-address mac-eui-64 onion-address`,
  hdn: 'email-dst',
  he: 'cookie',
  hk: 'domain|ip snort suricata bro zeek community-id dom-hash',
  hn: 'eppn',
  hp: 'port',
  j: `threat-actor campaign-name campaign-id whois-registrant-phone whois-registrant-name whois-registrant-org
    whois-registrar whois-creation-date dns-soa-email`,
  jdn: 'whois-registrant-email',
  k: 'cortex',
  kacdm: 'link',
  kcdefhm: 'attachment',
  kdf: 'vulnerability weakness',
  kdfp: 'cpe',
  l: 'btc dash xmr iban bic bank-account-nr aba-rtn bin cc-number prtn',
  n: 'github-username github-organisation jabber-id twitter-id',
  ndhjo: 'email',
  nk: 'github-repository',
  o: `identity-card-number first-name middle-name last-name full-name date-of-birth place-of-birth gender passport-number
    passport-country passport-expiration redress-number nationality visa-number issue-date-of-the-visa primary-residence
    country-of-residence special-service-request frequent-flyer-number travel-details payment-details
    place-port-of-original-embarkation place-port-of-clearance place-port-of-onward-foreign-destination
    passenger-name-record-locator-number`,
  oenp: 'pgp-public-key pgp-private-key',
  olp: 'phone-number',
  p: 'float size-in-bytes counter integer datetime boolean uuid',
  pabcdefghijklmno: 'comment anonymised',
  pacdefghijklmno: 'text other',
  pacdefghlm: 'hex',
};

const categoriesOfType: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(typesOfCategories).flatMap(([letters, types]) => {
    const names = Array.from(letters, (letter) => categories[letter.charCodeAt(0) - 'a'.charCodeAt(0)]!);
    return types
      .trim()
      .split(/\s+/)
      .map((type) => [type.replaceAll('_', ' '), names] as const);
  }),
);

/** Whether a MISP knows the type. */
export function isMispType(type: string): boolean {
  return categoriesOfType.has(type);
}

/** The category an attribute of a type that {@link isMispType} is given: the one asked for where the type may stand in it, else the usual one. */
export function categoryFor(type: string, wanted: string): string {
  const known = categoriesOfType.get(type)!;
  return known.includes(wanted) ? wanted : known[0]!;
}
