import type { Clock, StixId } from '@comity/protocol/base';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';
import type {
  Channel,
  Decision,
  DecisionReason,
  ObjectFacets,
  RecipientFacets,
  RecipientKind,
  SharingAction,
} from '@comity/protocol/sharing';
import type { Connection } from '../store/index.ts';
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
  /** The recipient an API token was given to. */
  findByToken(tokenId: string): Recipient | undefined;
  /** The same object as long as no recipient and no group changed. */
  edition(): object;
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

/** Who puts a law in force. */
interface Activation {
  /** The account that answers for it. */
  readonly by: string;
  /** Accounts beside it that have the right. When there are any, one of them has to want the same text. */
  readonly others: readonly string[];
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
   * @param alongside - Runs in the transaction that does it: what it throws undoes it.
   * @throws {ComityError} `LAW_MALFORMED`.
   */
  activate(
    text: string,
    name: string,
    who: Activation,
    alongside?: (db: Connection, done: LawEntry) => void,
  ): Promise<LawEntry>;
}

/** A decision that was taken, and how often, for one object in one version. */
export interface KeptDecision {
  /** Undefined: counted without the object, since too many waited to be written or nothing of it may be here. */
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

/**
 * The way in: whether what a member lends may be here, by charter and law. For its owner to keep, and of an indicator to match too: what
 * is here is looked for.
 */
export interface Arrivals {
  /** @param hopsLeft - How often it may be passed on. Never throws; an error is a no. What is not taken is counted, without its id. */
  takes(object: ShareableObject, hopsLeft: number): boolean;
}

/** What an exit asks for. */
export interface ExitOptions {
  readonly recipient: Recipient;
  /** `forward` to somebody, `publish` for everybody; a block list asks `block` too. */
  readonly action: SharingAction;
  readonly channel: Channel;
  /** Nothing leaves and nothing is recorded: what would be admitted is only looked at. */
  readonly isRehearsal?: boolean;
}

/** An object that may leave, as it leaves. */
export interface AdmittedObject {
  readonly object: ShareableObject;
  readonly facets: ObjectFacets;
  readonly decision: Decision;
  /** What it is handled under: to be shown with it. */
  readonly tlp: Tlp;
  /** Its STIX text; where that did not say the label in force, it does here. */
  readonly text: string;
  /** Texts of marking-definitions it bears, to be sent before it; each is given once an exit. */
  readonly definitions: readonly string[];
}

/** What came to an exit so far. */
interface ExitCount {
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
  /** Those of `objects` that may leave, in their order. Never waits, never throws. */
  admit(objects: readonly ShareableObject[]): readonly AdmittedObject[];
  /** Resolves, at once as a rule, when there is room for further decisions: to be awaited between batches. */
  room(): Promise<void>;
  readonly count: ExitCount;
  /**
   * What records once more all that was decided so far, for whoever gives the same again to the same recipient. Undefined when
   * a decision may not stand though edition and store do: the clock or an object that is not here yet could change it.
   */
  again(): { readonly record: () => void; readonly bytes: number } | undefined;
  /** The second look, at what is about to leave. Throws `SHARING_REFUSED`: send nothing of it. */
  readonly guard: ExitGuard;
}

/** Reads markings anew from bytes. Each returns what it was given, so that nothing unchecked is sent by mistake. */
interface ExitGuard {
  /** A STIX object, a bundle, or TAXII's envelope. */
  stix(text: string): string;
  /** A MISP event, attribute, or a response of them. */
  misp(text: string): string;
  /** A match in any of its forms, or a list of them: to an organisation of ours alone. */
  match(text: string): string;
  /** An item of the peer protocol, and the object lent by it. */
  peer(item: string, object: string): string;
  /** A list of values or its beginning: its first line is `# TLP:GREEN`, the strictest label of what it was made from. */
  list(text: string): string;
}

/** One line of the answer to "who gets this?". */
export interface Explained {
  readonly recipient: Recipient;
  readonly action: SharingAction;
  readonly decision: Decision;
}

/** How much of some objects recipients get, and why not the rest. */
export interface ShareCounts {
  readonly objects: number;
  readonly rows: readonly {
    readonly recipient: Recipient;
    readonly allowed: number;
    readonly denied: number;
    /** What stands against what is denied, and of how many objects; that of most first, at most ten. */
    readonly reasons: readonly { readonly reason: DecisionReason; readonly objects: number }[];
  }[];
}

/** Objects that a change of the law would share or withhold, with one recipient and for one action. */
export interface LawChange {
  readonly recipient: string;
  readonly action: SharingAction;
  readonly to: Decision['result'];
  readonly objects: number;
  /** The first few, with the reasons of the new answer. */
  readonly examples: readonly { readonly id: StixId; readonly reasons: Decision['reasons'] }[];
}

/** What an edit of the law would change. */
export interface LawDiff {
  readonly fromHash: string;
  readonly toHash: string;
  /** Objects looked at. */
  readonly objects: number;
  /** Objects that somebody would newly get, and that somebody would no longer get; one may be both. */
  readonly newlyShared: number;
  readonly newlyWithheld: number;
  readonly changes: readonly LawChange[];
}

export interface Sharing {
  readonly recipients: RecipientBook;
  readonly laws: LawBook;
  /** What is decided of an object; for `show` to its owner and for questions, since it is not recorded. */
  decide(object: ShareableObject, recipient: Recipient, action: SharingAction, channel?: Channel): Decision;
  openExit(options: ExitOptions): Exit;
  /** For one batch: it keeps to the rules it was opened under. */
  openArrivals(): Arrivals;
  /** Who would get an object, who not, and why: every use of every recipient, or of one. Nothing is recorded. */
  explain(object: ShareableObject, to?: Recipient): readonly Explained[];
  /** How much of some objects each recipient would be given, and why not the rest. Nothing is recorded. */
  countShares(objects: AsyncIterable<readonly ShareableObject[]>, to: readonly Recipient[]): Promise<ShareCounts>;
  /**
   * What putting `text` in force would change for `objects`. Nothing is recorded.
   *
   * @throws {ComityError} `LAW_MALFORMED`.
   */
  diff(text: string, objects: AsyncIterable<readonly ShareableObject[]>): Promise<LawDiff>;
  /**
   * Notes that a person has read a statement of a marking and found that it restricts nothing, so that it no longer
   * holds an object back.
   */
  readStatement(statement: string, by: string): Promise<void>;
  /** Kept decisions, newest first. */
  decisions(query: {
    readonly object?: StixId;
    readonly recipient?: string;
    readonly result?: Decision['result'];
    readonly limit?: number;
  }): Promise<readonly KeptDecision[]>;
  /** The rules each decision named, as they read in its law; without those of a law that is gone. In the order of `kept`. */
  reasonsOf(kept: readonly KeptDecision[]): readonly Decision['reasons'][];
  /**
   * Stands for the law in force, all recipients with their groups and the statements that were read: the same object as long
   * as none of them changed. With it what was decided of the same objects may be given again.
   */
  edition(): object;
  /** Decisions that wait to be written, and those counted without their object since the start. */
  backlog(): { readonly waiting: number; readonly withoutObject: number };
  /** Writes down what waits. */
  close(): Promise<void>;
}

export interface SharingDeps {
  readonly clock: Clock;
  /** Marking-definitions in the store of intelligence. */
  readonly findMarking: MarkingLookup;
  /** Objects in the store of intelligence, by id. */
  readonly findObject: (id: string) => ShareableObject | undefined;
  /** How often what another member lends may still be passed on, as its text is; undefined: no member lends it. */
  readonly hopsLeftOf: (object: Pick<ShareableObject, 'id' | 'text'>) => number | undefined;
  /** Called with what could not be written down; sharing goes on. */
  readonly onFault: (message: string, error: unknown) => void;
}
