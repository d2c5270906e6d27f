import { ComityError, quote, shortMemberId } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { Descriptor, DescriptorChain, DoubleSpeaking } from '@comity/protocol/members';
import type { Connection, Store } from '../../store/index.ts';
import type { ChainBook } from '../chain-book.ts';
import { memberStates } from '../members.ts';
import type { KnownMember, MembersDeps, MemberState } from '../members.ts';
import { handleFor } from './handle.ts';

/** Members known at once. */
const membersMax = 1000;
const seenApartUs = 60_000_000;

interface Row {
  readonly id: MemberId;
  readonly handle: string;
  readonly state: string;
  readonly source: KnownMember['source'];
  readonly private_origin: string | null;
  readonly added_us: number;
  readonly checked_us: number | null;
  readonly seen_us: number | null;
  readonly answer_us: number | null;
  readonly failure_count: number;
  readonly last_error: string | null;
  readonly evidence: string | null;
}

/** The other members this one knows, with what each said of its node. */
export class Directory {
  readonly #store: Pick<Store, 'reader' | 'write'>;
  readonly #chains: ChainBook;
  readonly #deps: Pick<MembersDeps, 'clock' | 'recipients' | 'note'>;
  #known: ReadonlyMap<MemberId, KnownMember> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    store: Pick<Store, 'reader' | 'write'>,
    chains: ChainBook,
    deps: Pick<MembersDeps, 'clock' | 'recipients' | 'note'>,
  ) {
    this.#store = store;
    this.#chains = chains;
    this.#deps = deps;
  }

  list(): readonly KnownMember[] {
    return [...this.#all().values()];
  }

  find(id: MemberId): KnownMember | undefined {
    return this.#all().get(id);
  }

  /** By id, the beginning of it as people see it, or handle. @throws {ComityError} `NOT_FOUND`. */
  get(name: string): KnownMember {
    const found = this.list().filter(
      ({ id, handle }) => id === name || handle === name || `member:${handle}` === name || shortMemberId(id) === name,
    );
    if (found.length === 1) return found[0]!;
    throw new ComityError('NOT_FOUND', `Cannot find the member ${quote(name)}`);
  }

  /**
   * Adds a member, or what is new of one, in the transaction of what it is added for.
   *
   * @param chain - verified, in force.
   * @throws {ComityError} `CONFLICT` for one more than there may be, and for a ledger another member is known with.
   */
  admit(
    db: Connection,
    chain: DescriptorChain,
    as: { readonly state: MemberState; readonly source: KnownMember['source']; readonly allowPrivate: boolean },
  ): void {
    const { member, current, descriptors } = chain;
    this.assertLedgerIsFree(current);
    const { count } = db.prepare<{ count: number }>('select count(*) as count from members_member').get() ?? {
      count: 0,
    };
    if (count >= membersMax) throw new ComityError('CONFLICT', `Cannot add a member: there are ${membersMax}`);
    const isTaken = (handle: string): boolean =>
      this.#deps.recipients.isTaken(handle) ||
      db.prepare('select 1 from members_member where handle = ?').get(handle) !== undefined;
    db.prepare(
      `insert into members_member (id, handle, state, source, private_origin, added_us, checked_us, failure_count)
         values (?, ?, ?, ?, ?, ?, ?, 0)
       on conflict (id) do update set state = excluded.state, source = excluded.source,
         private_origin = coalesce(excluded.private_origin, private_origin), checked_us = excluded.checked_us`,
    ).run(
      member,
      handleFor(current, isTaken),
      as.state,
      as.source,
      as.allowPrivate ? new URL(current.body.url).origin : null,
      this.#nowUs(),
      this.#nowUs(),
    );
    this.#chains.append(db, descriptors);
  }

  /** A ledger is of the member that was known with it first. @throws {ComityError} `CONFLICT`. */
  assertLedgerIsFree({ member, body: { ledger } }: Descriptor): void {
    const other = this.list().find(
      (known) => known.id !== member && known.descriptor.body.ledger?.origin === ledger?.origin,
    );
    if (ledger === undefined || other === undefined) return;
    throw new ComityError(
      'CONFLICT',
      `Cannot know ${shortMemberId(member)}: its ledger ${quote(ledger.origin)} is that of ${other.handle}`,
    );
  }

  /** Runs a change of the directory, and forgets what was read before. */
  async change(fn: (db: Connection) => void): Promise<void> {
    await this.#store.write(fn);
    this.#known = undefined;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each change. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Lets a member that asks, or was suspended, be joined.
   *
   * @param handle - what it is to be called; undefined: as it is.
   * @throws {ComityError} `CONFLICT` when it is frozen, waits for its own word, or another is called so.
   */
  async join(member: KnownMember, handle: string | undefined, allowPrivate: boolean): Promise<KnownMember> {
    if (member.evidence !== undefined)
      throw new ComityError('CONFLICT', `Cannot join ${member.handle}: it said two things at once`);
    if (member.state === 'asked')
      throw new ComityError('CONFLICT', `Cannot join ${member.handle}: it has not said yes yet`);
    const name = handle ?? member.handle;
    await this.change((db) => {
      if (name !== member.handle) this.#rename(db, member, name);
      const origin = allowPrivate ? new URL(member.descriptor.body.url).origin : null;
      db.prepare(
        `update members_member set state = 'joined', private_origin = coalesce(?, private_origin) where id = ?`,
      ).run(origin, member.id);
    });
    const joined = this.get(member.id);
    await this.keepRecipient(joined);
    return joined;
  }

  #rename(db: Connection, member: KnownMember, handle: string): void {
    if (member.state !== 'asking')
      throw new ComityError('CONFLICT', `Cannot call ${member.handle} otherwise: it is known by that name`);
    if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(handle))
      throw new ComityError(
        'ARGUMENT_INVALID',
        `Cannot call a member ${quote(handle)}: small letters, digits, dots and hyphens`,
      );
    if (db.prepare('select 1 from members_member where handle = ?').get(handle) !== undefined)
      throw new ComityError('CONFLICT', `Cannot call a member ${quote(handle)}: another is called so`);
    db.prepare('update members_member set handle = ? where id = ?').run(handle, member.id);
  }

  /** The member as somebody objects may be given to. */
  async keepRecipient({ handle, descriptor: { body } }: KnownMember): Promise<void> {
    const { name, sectors, country = '' } = body;
    await this.#deps.recipients.keep({ handle, name, sector: sectors[0] ?? '', country });
  }

  /** Joined members that are no recipients: the node stopped between the two, or somebody removed them. */
  async keepRecipients(): Promise<void> {
    for (const member of this.list())
      if (member.state === 'joined' && !this.#deps.recipients.isTaken(member.handle)) await this.keepRecipient(member);
  }

  async setState(member: KnownMember, state: MemberState): Promise<KnownMember> {
    await this.change((db) => db.prepare('update members_member set state = ? where id = ?').run(state, member.id));
    return this.get(member.id);
  }

  async allowPrivate(member: KnownMember, isAllowed: boolean): Promise<KnownMember> {
    const origin = isAllowed ? new URL(member.descriptor.body.url).origin : null;
    await this.change((db) =>
      db.prepare('update members_member set private_origin = ? where id = ?').run(origin, member.id),
    );
    return this.get(member.id);
  }

  /** Forgets a member, but not the evidence against one. */
  async remove(member: KnownMember): Promise<void> {
    if (member.evidence !== undefined)
      throw new ComityError('CONFLICT', `Cannot forget ${member.handle}: there is evidence against it`);
    await this.change((db) => {
      db.prepare('delete from members_member where id = ?').run(member.id);
      this.#chains.remove(db, member.id);
    });
  }

  /** Adds what a member said since; verified by whoever calls. */
  async learn(member: KnownMember, descriptors: readonly Descriptor[]): Promise<void> {
    await this.change((db) => {
      if (this.#chains.newestHash(db, member.id) === member.descriptor.hash) this.#chains.append(db, descriptors);
      db.prepare('update members_member set checked_us = ?, failure_count = 0, last_error = null where id = ?').run(
        this.#nowUs(),
        member.id,
      );
    });
    const now = this.get(member.id);
    if (descriptors.length > 0 && now.state === 'joined') await this.keepRecipient(now);
  }

  async noteFailure(member: KnownMember, reason: string): Promise<void> {
    await this.change((db) =>
      db
        .prepare(
          'update members_member set checked_us = ?, failure_count = failure_count + 1, last_error = ? where id = ?',
        )
        .run(this.#nowUs(), reason.slice(0, 1000), member.id),
    );
  }

  /** To the minute: a member may send many requests. */
  async noteSeen(id: MemberId, answerUs?: number): Promise<void> {
    const { seenUs } = this.find(id) ?? {};
    if (answerUs === undefined && seenUs !== undefined && Math.abs(this.#nowUs() - seenUs) < seenApartUs) return;
    await this.change((db) =>
      db
        .prepare('update members_member set seen_us = ?, answer_us = coalesce(?, answer_us) where id = ?')
        .run(this.#nowUs(), answerUs ?? null, id),
    );
  }

  /** Keeps evidence and freezes whom it is against: nothing it says is followed until people have spoken. */
  async freeze(member: KnownMember, evidence: DoubleSpeaking): Promise<void> {
    await this.change((db) => {
      db.prepare('update members_member set evidence = ? where id = ?').run(JSON.stringify(evidence), member.id);
      this.#deps.note(db, {
        act: 'member.frozen',
        about: member.id,
        details: { handle: member.handle, sequence: String(evidence.sequence) },
      });
    });
  }

  #nowUs(): number {
    return Math.floor(this.#deps.clock() * 1000);
  }

  #all(): ReadonlyMap<MemberId, KnownMember> {
    this.#known ??= new Map(
      this.#store.reader
        .prepare<Row>('select * from members_member order by handle')
        .all()
        .flatMap((row) => {
          const descriptor = this.#chains.current(row.id);
          const state = memberStates.find((each) => each === row.state);
          return descriptor === undefined || state === undefined ? [] : [[row.id, memberOf(row, state, descriptor)]];
        }),
    );
    return this.#known;
  }
}

function memberOf(row: Row, state: MemberState, descriptor: Descriptor): KnownMember {
  return {
    id: row.id,
    handle: row.handle,
    state,
    source: row.source,
    descriptor,
    // Allowed for where it was then: a node that says it moved is not let into this network by that.
    allowPrivate: row.private_origin === new URL(descriptor.body.url).origin,
    addedUs: row.added_us,
    checkedUs: row.checked_us ?? undefined,
    seenUs: row.seen_us ?? undefined,
    answerUs: row.answer_us ?? undefined,
    failureCount: row.failure_count,
    lastError: row.last_error ?? undefined,
    evidence: row.evidence === null ? undefined : (JSON.parse(row.evidence) as DoubleSpeaking),
  };
}
