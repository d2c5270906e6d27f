import type { Clock, StixId } from '@comity/protocol/base';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';
import type {
  Channel,
  Decision,
  ObjectFacets,
  RecipientFacets,
  RecipientKind,
  SharingAction,
} from '@comity/protocol/sharing';
import type { ShareableObject } from './decide/shareable.ts';
import type { Law } from './law/law.ts';

/** Somebody objects may be given to. */
export interface Recipient {
  /** Its kind, a colon and its own name, for ever: `client:stadtwerke`. `owner` and `public` are always there. */
  readonly key: string;
  readonly kind: RecipientKind;
  /** What people call it. */
  readonly name: string;
  /** As the member names sectors; empty when not known. */
  readonly sector: string;
  /** ISO 3166-1 alpha-2, upper case; empty when not known. */
  readonly country: string;
  /** Ids of the groups it is in, sorted. */
  readonly groups: readonly string[];
  /** Id of the API token it signs in with; undefined: none. */
  readonly tokenId: string | undefined;
}

/** Those an object may be given to together: by key, so that who is in it is never a matter of names. */
export interface RecipientGroup {
  readonly id: string;
  readonly name: string;
  /** Keys of recipients; a group without members is nobody. */
  readonly members: readonly string[];
}

export interface RecipientBook {
  /** `owner` and `public` first, then by key. */
  list(): readonly Recipient[];
  find(key: string): Recipient | undefined;
  /** @throws {ComityError} `NOT_FOUND`. */
  get(key: string): Recipient;
  /** Who an API token is: the recipient it was given to, else the owner. */
  ofToken(tokenId: string): Recipient;
  /**
   * Adds or changes a recipient. `key` and `kind` never change.
   *
   * @throws {ComityError} `ARGUMENT_INVALID`; `CONFLICT` when another has the token.
   */
  save(recipient: Omit<Recipient, 'groups'>): Promise<void>;
  /** @throws {ComityError} `NOT_FOUND`. */
  remove(key: string): Promise<void>;
  groups(): readonly RecipientGroup[];
  /** Adds or changes a group; all of `members` are recipients. @throws {ComityError} `NOT_FOUND` names who is not. */
  saveGroup(group: RecipientGroup): Promise<void>;
  /** Objects given to it reach nobody from then on. @throws {ComityError} `NOT_FOUND`. */
  removeGroup(id: string): Promise<void>;
}

/** A law with what became of it. */
export interface LawEntry {
  readonly hash: string;
  /** What people call it: the name of a starter law or of the file. */
  readonly name: string;
  readonly state: 'proposed' | 'active' | 'past';
  readonly proposedBy: string;
  readonly proposedUs: number;
  readonly activatedBy: string | undefined;
  readonly activatedUs: number | undefined;
}

export interface LawBook {
  /** The law in force; a node that never activated one runs under the starter law `closed`. */
  active(): { readonly entry: LawEntry; readonly law: Law };
  /** @throws {ComityError} `NOT_FOUND`. */
  get(hash: string): { readonly entry: LawEntry; readonly law: Law };
  /** Newest first, at most 100. */
  history(): readonly LawEntry[];
  /**
   * Puts a law in force, or, where two have the right, proposes it until another activates the same text.
   *
   * @param by - Who asks, as access names them.
   * @throws {ComityError} `LAW_MALFORMED`.
   */
  activate(text: string, name: string, by: string): Promise<LawEntry>;
}

/** A decision that was taken, and how often, for one object in one version. */
export interface KeptDecision {
  /** Undefined: counted without the object, since too many waited to be written. */
  readonly object: StixId | undefined;
  readonly modifiedUs: number | undefined;
  readonly recipient: string;
  readonly action: SharingAction;
  readonly result: Decision['result'];
  readonly ruleIds: readonly string[];
  readonly lawHash: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly count: number;
}

/** What an exit asks for. */
export interface ExitOptions {
  readonly recipient: Recipient;
  /** `forward` to somebody, `publish` for everybody; a block list asks `block` too. */
  readonly action: SharingAction;
  readonly channel: Channel;
}

/** An object that may leave, as it leaves. */
export interface AdmittedObject {
  readonly object: ShareableObject;
  readonly facets: ObjectFacets;
  readonly decision: Decision;
  /** What it is handled under: to be shown with it. */
  readonly tlp: Tlp;
  /** Its STIX text; where that did not say the label in force, it does here. To be given to the guard with what is around it. */
  readonly text: string;
}

/** What came to an exit so far. */
export interface ExitCount {
  readonly allowed: number;
  readonly denied: number;
  /** How often each rule stood against an object. */
  readonly deniedBy: ReadonlyMap<string, number>;
}

/**
 * The only way out: objects in, those that may leave out. Every decision is recorded. What an exit writes of them goes through
 * {@link Exit.guard} before it is sent.
 */
export interface Exit {
  readonly recipient: RecipientFacets;
  readonly action: SharingAction;
  admit(objects: readonly ShareableObject[]): readonly AdmittedObject[];
  readonly count: ExitCount;
  /** The second look, at what is about to leave. Throws `SHARING_REFUSED`: send nothing of it. */
  readonly guard: ExitGuard;
}

/** Reads markings anew from bytes. Each returns what it was given, so that nothing unchecked is sent by mistake. */
export interface ExitGuard {
  /** A STIX object, a bundle, or TAXII's envelope. */
  stix(text: string): string;
  /** A MISP event, attribute, or a response of them. */
  misp(text: string): string;
  /** A list of values, whole: its first line is `# TLP:GREEN`, the strictest label of what it was made from. */
  list(text: string): string;
}

export interface Sharing {
  readonly recipients: RecipientBook;
  readonly laws: LawBook;
  /** What is decided of an object; for `show` to its owner and for questions, since it is not recorded. */
  decide(object: ShareableObject, recipient: Recipient, action: SharingAction, channel?: Channel): Decision;
  openExit(options: ExitOptions): Exit;
  /** Kept decisions, newest first. */
  decisions(query: {
    readonly object?: StixId;
    readonly recipient?: string;
    readonly limit?: number;
  }): readonly KeptDecision[];
  close(): Promise<void>;
}

export interface SharingDeps {
  readonly clock: Clock;
  /** Marking-definitions in the store of intelligence. */
  readonly findMarking: MarkingLookup;
  /** Objects in the store of intelligence, by id. */
  readonly findObject: (id: string) => ShareableObject | undefined;
  /** Called with what could not be written down; sharing goes on. */
  readonly onFault: (message: string, error: unknown) => void;
}
