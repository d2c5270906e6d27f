import { parseUtf8 } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { parseEntry } from '@comity/protocol/acts';
import { compareTlp } from '@comity/protocol/markings';
import { digestOfObject, statementBytes } from '@comity/protocol/peer';
import type { Item, LentItem, OutboxLine, PassedItem, Receipt, Statement, Terms } from '@comity/protocol/peer';
import { parseBase64, parseCheckpoint, parseNote } from '@comity/protocol/tlog';
import type { Sha256 } from '@comity/protocol/tlog';
import type { LightRow } from './light-intel.ts';
import type { SimMember } from './sim-member.ts';
import type { Observer } from './sim-world.ts';

/** Something that must never be, by the name of the rule it breaks. */
export interface Violation {
  readonly rule: string;
  readonly says: string;
}

/** A loan that could justify that an object is used. */
interface Loan {
  readonly place: number;
  readonly sender: MemberId;
  readonly origin: MemberId;
  readonly version: number;
  readonly tlp: Terms['tlp'];
  readonly isStanding: boolean;
  untilMs: number;
}

/** What a member was told and did about it, as far as it lasts: a backup brings an older one back. */
export interface Model {
  readonly loans: Map<string, Loan[]>;
  /** Members whose suspension is in force here. */
  readonly suspended: Set<MemberId>;
  /** Newest version it knows of an object. */
  readonly versions: Map<string, number>;
}

export function copyModel({ loans, suspended, versions }: Model): Model {
  return {
    loans: new Map([...loans].map(([id, each]) => [id, each.map((loan) => ({ ...loan }))])),
    suspended: new Set(suspended),
    versions: new Map(versions),
  };
}

/** A batch that somebody was sent. */
export interface SentBatch {
  readonly from: SimMember;
  readonly to: SimMember;
  readonly entry: string;
  readonly items: ReadonlyMap<number, { readonly item: Item; readonly place: number }>;
}

const longestLeaseMs = 400 * 86_400_000;
const statementPrefix = 'comity-statement/v1\n';
const receiptPrefix = 'comity-receipt/v1\n';

/**
 * Sees what members sign and send, and says of each whether it may use what it uses. It knows the rules from the specification, and
 * shares no code with those it watches but the forms of messages.
 */
export class Oracle implements Observer {
  readonly violations: Violation[] = [];
  readonly models = new Map<SimMember, Model>();
  readonly batches = new Map<string, SentBatch>();
  readonly receipts: { readonly by: SimMember; readonly receipt: Receipt }[] = [];
  /** Trees of each log that each witness cosigned: root by size. */
  readonly #cosigned = new Map<string, Map<string, Set<SimMember>>>();
  readonly #said = new Map<MemberId, Set<string>>();
  readonly #digests = new Map<string, Set<string>>();
  readonly #sha256: Sha256;
  #place = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  modelOf(member: SimMember): Model {
    const known = this.models.get(member);
    if (known !== undefined) return known;
    const made = { loans: new Map(), suspended: new Set<MemberId>(), versions: new Map() };
    this.models.set(member, made);
    return made;
  }

  violate(rule: string, says: string): void {
    this.violations.push({ rule, says });
  }

  fault(member: SimMember, message: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.violate('nothing goes wrong that is no answer', `${member.host}: ${message}: ${text}`);
  }

  signed(member: SimMember, message: Uint8Array): void {
    const text = parseUtf8(message, 'what is signed');
    if (text.startsWith(statementPrefix)) {
      const said = this.#said.get(member.id) ?? new Set();
      this.#said.set(member.id, said.add(text));
      const statement = JSON.parse(text.slice(statementPrefix.length)) as Statement;
      if (statement.state !== 'active') return;
      const digests = this.#digests.get(statement.id) ?? new Set();
      this.#digests.set(statement.id, digests.add(statement.digest));
    } else if (text.startsWith(receiptPrefix)) {
      this.#taken(member, JSON.parse(text.slice(receiptPrefix.length)) as Receipt);
    }
  }

  delivered(to: SimMember, from: SimMember, lines: readonly string[]): void {
    let items = new Map<number, { item: Item; place: number }>();
    for (const text of lines) {
      const line = JSON.parse(text) as OutboxLine;
      if (line.kind === 'batch') {
        items = new Map();
        const act = parseEntry(parseBase64(line.entry, 'entry'));
        const content = act.form === 'committed' ? act.content : '';
        this.batches.set(content, { from, to, entry: line.entry, items });
      } else if (line.kind === 'item') {
        const { item } = line;
        this.#place += 1;
        items.set(item.sequence, { item, place: this.#place });
        this.#hear(to, from, item);
      }
    }
  }

  cosigned(witness: SimMember, body: string): void {
    const { origin, size, root } = parseCheckpoint(parseNote(body.slice(body.indexOf('\n\n') + 2)).text);
    const trees = this.#cosigned.get(`${origin} ${size}`) ?? new Map<string, Set<SimMember>>();
    this.#cosigned.set(`${origin} ${size}`, trees);
    const name = Buffer.from(root).toString('hex');
    trees.set(name, (trees.get(name) ?? new Set()).add(witness));
    // Two that were cosigned by one witness: it forgot, or never looked.
    const twice = [...trees].filter(([, by]) => by.has(witness));
    if (twice.length > 1)
      this.violate('no witness cosigns two trees of one size', `${witness.host}: ${origin} at ${size}`);
  }

  /** Looks at everything a member uses now. */
  check(member: SimMember): void {
    if (!member.isUp) return;
    const model = this.modelOf(member);
    for (const row of member.intel.rows.values()) {
      if (!row.own && member.intel.isUsed(row)) this.#checkUsed(member, model, row);
    }
    this.#checkVersions(member, model);
  }

  #checkUsed(member: SimMember, model: Model, row: LightRow): void {
    const loans = (model.loans.get(row.id) ?? []).filter(({ untilMs }) => untilMs > member.clock());
    const tell = (rule: string, says: string): void => this.violate(rule, `${member.host} uses ${row.id}: ${says}`);
    if (loans.length === 0) {
      tell('nobody uses what nobody lends it any more', `loans: ${JSON.stringify(model.loans.get(row.id) ?? [])}`);
    } else if (loans.every(({ origin }) => model.suspended.has(origin))) {
      tell('nobody uses what a suspended member states', 'its origin is suspended here');
    } else if (loans.every(({ origin, sender }) => model.suspended.has(origin) || model.suspended.has(sender))) {
      tell('nobody uses what suspended members alone lend', 'each that lends it is suspended here');
    } else if (loans.every(({ tlp }) => compareTlp(row.tlp, tlp) < 0)) {
      tell('what is used is within the terms it is lent under', `as ${row.tlp}, lent as ${loans[0]!.tlp}`);
    } else if (this.#digests.get(row.id)?.has(digestOfObject(row.text, this.#sha256)) !== true) {
      tell('what is used is what its origin stated', row.text);
    }
  }

  #checkVersions(member: SimMember, model: Model): void {
    const rows = member.store.reader
      .prepare<{ origin: string; id: string; version: number }>(
        `select m.member as origin, o.id, k.version from peer_known k join peer_object o on o.ref = k.object_ref
         join peer_member m on m.ref = o.origin`,
      )
      .all();
    for (const { origin, id, version } of rows) {
      const key = `${origin} ${id}`;
      const before = model.versions.get(key) ?? 0;
      if (version < before)
        this.violate('versions never go back', `${member.host} knew ${id} in ${before}, now ${version}`);
      model.versions.set(key, version);
    }
  }

  #hear(to: SimMember, from: SimMember, item: Item): void {
    const model = this.modelOf(to);
    if (item.kind === 'lent' && this.#isHonest(to, from, item)) {
      const { statement, terms, isStanding } = item;
      const loans = model.loans.get(statement.id) ?? [];
      model.loans.set(statement.id, loans);
      const untilMs = Math.min(Date.parse(terms.leaseUntil), to.clock() + longestLeaseMs);
      const { origin, version } = statement;
      loans.push({ place: this.#place, sender: from.id, origin, version, tlp: terms.tlp, isStanding, untilMs });
    } else if (item.kind === 'renewed') {
      const untilMs = Math.min(Date.parse(item.until), to.clock() + longestLeaseMs);
      for (const loan of [...model.loans.values()].flat()) {
        const isMeant = loan.isStanding && loan.sender === from.id && loan.origin === from.id;
        if (isMeant) loan.untilMs = Math.max(loan.untilMs, untilMs);
      }
    }
  }

  /** Whether a loan is one that a member may follow: by the words of the specification, §3, §5 and §8. */
  #isHonest(to: SimMember, from: SimMember, item: LentItem): boolean {
    const { statement, path, terms } = item;
    const hops = path.length - 1;
    const outer = statement.terms;
    const isIn = (audience: Terms['audience'], member: MemberId): boolean =>
      audience === null || audience.includes(member);
    return (
      this.#isSaid(item) &&
      path[0] === statement.origin &&
      path.at(-1) === from.id &&
      new Set([...path, to.id]).size === path.length + 1 &&
      (hops === 0 || outer.tlp === 'clear' || outer.tlp === 'green') &&
      compareTlp(terms.tlp, outer.tlp) >= 0 &&
      terms.hops + hops <= outer.hops &&
      Date.parse(terms.leaseUntil) <= Date.parse(outer.leaseUntil) &&
      (outer.audience === null || terms.audience?.every((each) => outer.audience!.includes(each)) === true) &&
      path.slice(1).every((relay) => isIn(outer.audience, relay)) &&
      isIn(terms.audience, to.id) &&
      !(item.isStanding && hops > 0)
    );
  }

  #isSaid({ statement }: PassedItem): boolean {
    return this.#said.get(statement.origin)?.has(Buffer.from(statementBytes(statement)).toString()) === true;
  }

  /** What a member says it did ends what it may still use. */
  #taken(by: SimMember, receipt: Receipt): void {
    this.receipts.push({ by, receipt });
    const batch = this.batches.get(receipt.content);
    const model = this.modelOf(by);
    for (const { sequence, effect, reason } of receipt.lines) {
      const { item, place = 0 } = batch?.items.get(sequence) ?? {};
      if (item === undefined || effect === 'refused' || reason === 'legal-hold') continue;
      const drop = (id: string, isOver: (loan: Loan) => boolean): void => {
        model.loans.set(
          id,
          (model.loans.get(id) ?? []).filter((loan) => !isOver(loan)),
        );
      };
      if ((item.kind === 'lent' || item.kind === 'recalled') && !this.#isSaid(item)) {
        this.violate(
          'nothing is taken that its origin did not state',
          `${by.host} took ${item.kind} ${item.statement.id}`,
        );
      }
      if (item.kind === 'lent') drop(item.statement.id, ({ sender, place: of }) => sender === item.from && of < place);
      if (item.kind === 'ended') drop(item.id, ({ sender, place: of }) => sender === item.from && of < place);
      if (item.kind === 'recalled') drop(item.statement.id, ({ version }) => version < item.statement.version);
    }
  }
}
