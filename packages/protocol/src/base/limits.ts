/** Every limit on input, in one place. Bytes are before decompression unless the name says otherwise. */
export const limits = {
  /** One JSON document that is parsed whole (a MISP event, a manifest). */
  jsonDocumentBytesMax: 256 * 1024 * 1024,
  /** One STIX object. */
  stixObjectCharsMax: 8 * 1024 * 1024,
  /** Nesting of a STIX object. */
  jsonDepthMax: 64,
  /** One import, decompressed. */
  importBytesMax: 2 * 1024 * 1024 * 1024,
  /** Decompressed bytes for each compressed byte, once past 1 MiB. */
  archiveRatioMax: 200,
  archiveMembersMax: 10_000,
  /** One line of a list, CSV or NDJSON. */
  listLineBytesMax: 1024 * 1024,
  /** One log record; longer lines are screened raw, in pieces that overlap by nothing and are counted. */
  recordBytesMax: 1024 * 1024,
  patternCharsMax: 65_536,
  patternDepthMax: 64,
  patternComparisonsMax: 256,
  /** Steps of the program a MATCHES compiles to, and characters of a LIKE with wildcards in the middle. */
  patternExpressionSizeMax: 10_000,
  /** REPEATS of one observation expression. */
  patternRepeatsMax: 1_000_000_000,
  /** Observation expressions of a pattern with the groups REPEATS repeats written out. */
  patternSlotsMax: 1024,
  /** Steps in the search for observations that answer a pattern together: about a second. */
  patternSearchStepsMax: 20_000_000,
  /** Ways to answer a pattern, its ORs distributed, when two are compared. */
  patternTermsMax: 4096,
  /** Steps of one such search in a stream, where every observation may begin one. */
  streamSearchStepsMax: 200_000,
  /** Observations a stream keeps for one pattern, and for all together. */
  streamKeptPerPatternMax: 256,
  streamKeptMax: 1_000_000,
  /** How late an observation may come to a stream and still be judged rightly: a minute, in microseconds. */
  streamToleranceUs: 60_000_000,
  /** Malformed properties told of one evaluation. */
  patternFaultsMax: 100,
  /** One file of Sigma rules, and one document of it: YAML takes a minute of CPU for so much. */
  sigmaFileCharsMax: 16 * 1024 * 1024,
  sigmaDocumentCharsMax: 256 * 1024,
  /** Nodes of one document with its aliases written out, and their nesting. */
  sigmaNodesMax: 200_000,
  sigmaDepthMax: 32,
  sigmaConditionCharsMax: 8192,
  /** Nesting of a condition. */
  sigmaConditionDepthMax: 64,
  /** One value of a rule. */
  sigmaValueCharsMax: 8192,
  /** Values one value stands for: its dashes in all forms, its placeholders filled in. */
  sigmaAlternativesMax: 1024,
  /** Tests of one rule, counted as often as its condition names them. */
  sigmaTestsMax: 20_000,
  /** Steps of the program a regular expression compiles to. */
  sigmaExpressionSizeMax: 10_000,
  /** Groups a correlation keeps, what it keeps of one group, and of all correlations together. */
  sigmaGroupsMax: 100_000,
  sigmaKeptPerGroupMax: 100_000,
  sigmaKeptMax: 1_000_000,
  /** One signed note: a hundred signatures with ML-DSA-44 and its text. */
  ledgerNoteBytesMax: 512 * 1024,
  ledgerSignaturesMax: 100,
  /** One entry of a log: its length is written in two bytes. */
  ledgerEntryBytesMax: 65_535,
  /** A request to a witness that is read, and one that is written: some witnesses read no longer one. */
  ledgerRequestBytesMax: 128 * 1024,
  ledgerRequestWrittenBytesMax: 16 * 1024,
  /** What a witness answers. */
  ledgerAnswerBytesMax: 64 * 1024,
  /** A policy: five hundred keys of ML-DSA-44. */
  ledgerPolicyBytesMax: 1024 * 1024,
  /** One descriptor of a member's node: twelve keys, four of them of ML-DSA-44, with the signature of each. */
  descriptorBytesMax: 32 * 1024,
  /** Descriptors that are read at once, and of a member in all: one a day for eleven years. */
  descriptorPageBytesMax: 1024 * 1024,
  descriptorsMax: 4096,
  /** An invitation, as text. */
  invitationCharsMax: 1024,
  /** How long a signed message between nodes may be valid, and how far its sender's clock may be ahead. */
  signatureLifetimeSecondsMax: 300,
  signatureAheadSecondsMax: 60,
  /** A charter, with members and rules; a proposal; what decided it: some 4,000 ballots, or 800 each with its own head. */
  charterBytesMax: 256 * 1024,
  proposalBytesMax: 32 * 1024,
  decisionBytesMax: 1024 * 1024,
  /** The history of a charter in one file: a thousand decisions of two hundred members take 70 MB. */
  charterHistoryBytesMax: 256 * 1024 * 1024,
  /** Values of one question of a private look-up. */
  lookupBatchMax: 256,
  /** A set of private look-ups, and records in one answer: filters of 25 million values, 85,000 records. */
  lookupAnswerBytesMax: 32 * 1024 * 1024,
  /** One value (address, name, URL, digest). */
  valueCharsMax: 8192,
  /** Values taken from one report's free text. */
  extractedValuesMax: 100_000,
  /** JSON body of an API request. */
  requestBodyBytesMax: 1024 * 1024,
  /** Time a remote server has to deliver a feed, in ms. */
  pullTimeoutMs: 120_000,
  redirectsMax: 5,
} as const;
