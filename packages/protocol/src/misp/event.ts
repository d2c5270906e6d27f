/** A tag as MISP writes it: `tlp:amber`, `misp-galaxy:tool="X"`, free text. Local tags are never passed on by MISP. */
export interface MispTag {
  readonly name: string;
  readonly local: boolean;
}

/** One attribute of an event or of an object; texts are as sent, not yet normalised. */
export interface MispAttribute {
  readonly uuid: string;
  readonly type: string;
  readonly category: string;
  readonly value: string;
  readonly toIds: boolean;
  readonly comment: string;
  readonly deleted: boolean;
  /** Role inside an object (`filename`, `ip-dst` …); empty for an attribute of the event itself. */
  readonly relation: string;
  /** µs since the epoch; undefined when absent or unreadable. */
  readonly changedUs: number | undefined;
  readonly firstSeenUs: number | undefined;
  readonly lastSeenUs: number | undefined;
  /** 0 own organisation, 1 community, 2 connected communities, 3 all, 4 sharing group, 5 as the event. */
  readonly distribution: number | undefined;
  readonly sharingGroup: string | undefined;
  readonly tags: readonly MispTag[];
  readonly galaxies: readonly MispCluster[];
  readonly sightings: readonly MispSighting[];
  /** Base64 of an attachment or a sample: never kept, counted as a loss. */
  readonly hasData: boolean;
  /** Names of its other parts that hold something (`ShadowAttribute` …) with their count. */
  readonly otherParts: Readonly<Record<string, number>>;
  readonly place: string;
}

/** type: 0 seen, 1 false positive, 2 expired. */
export interface MispSighting {
  readonly uuid: string;
  readonly type: number;
  readonly seenUs: number | undefined;
  readonly organisation: string;
}

/** Several attributes that describe one thing together, by a template (`file`, `domain-ip` …). */
export interface MispObject {
  readonly uuid: string;
  readonly name: string;
  readonly metaCategory: string;
  readonly comment: string;
  readonly deleted: boolean;
  readonly changedUs: number | undefined;
  readonly distribution: number | undefined;
  readonly attributes: readonly MispAttribute[];
  readonly references: readonly { readonly target: string; readonly relation: string }[];
  readonly otherParts: Readonly<Record<string, number>>;
  readonly place: string;
}

/** A galaxy cluster attached to an event or attribute. */
export interface MispCluster {
  readonly uuid: string;
  /** Galaxy type: `threat-actor`, `mitre-malware`, `sector` … */
  readonly galaxy: string;
  readonly value: string;
  readonly description: string;
  readonly synonyms: readonly string[];
  /** Version of the cluster in its galaxy, growing; 0 when absent. */
  readonly version: number;
}

/** A MISP event, read leniently (numbers as text, absent fields) and bounded. Spec: MISP core format. */
export interface MispEvent {
  readonly uuid: string;
  readonly info: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly date: string;
  readonly published: boolean;
  readonly changedUs: number | undefined;
  readonly publishedUs: number | undefined;
  readonly threatLevel: number | undefined;
  readonly analysis: number | undefined;
  readonly distribution: number | undefined;
  readonly sharingGroup: string | undefined;
  readonly extendsUuid: string | undefined;
  readonly organisation: { readonly name: string; readonly uuid: string | undefined };
  readonly tags: readonly MispTag[];
  readonly galaxies: readonly MispCluster[];
  readonly attributes: readonly MispAttribute[];
  readonly objects: readonly MispObject[];
  /** Names of the event's other parts that hold something (`ShadowAttribute`, `EventReport` …) with their count. */
  readonly otherParts: Readonly<Record<string, number>>;
  /** Attributes and objects that have not the form the format asks for. */
  readonly faults: readonly MispFault[];
  readonly place: string;
}

/** A part of an event that cannot be used, and why. */
export interface MispFault {
  readonly place: string;
  readonly reason: string;
}
