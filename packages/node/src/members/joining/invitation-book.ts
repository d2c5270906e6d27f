import { base64Of, ComityError, quote } from '@comity/protocol/base';
import type { Clock, MemberId } from '@comity/protocol/base';
import { printInvitation } from '@comity/protocol/members';
import { signerOfSeed } from '../../keys/index.ts';
import type { Connection, Store } from '../../store/index.ts';
import type { GivenInvitation, MembersDeps, OwnMember } from '../members.ts';

/** Invitations that are kept, used ones too. */
const invitationsMax = 1000;
const hourUs = 3_600_000_000;
/** Used and ended ones are shown for a month. */
const keptUs = 30 * 24 * hourUs;
const seedBytes = 32;

/** What an invitation says of itself to who takes it up. */
export interface OpenInvitation {
  readonly accepts: boolean;
  readonly allowPrivate: boolean;
}

interface Row {
  readonly public_key: string;
  readonly id: string;
  readonly hint: string;
  readonly accepts: number;
  readonly allow_private: number;
  readonly made_us: number;
  readonly until_us: number;
  readonly used_by: MemberId | null;
}

export interface InvitationBookDeps extends Pick<MembersDeps, 'clock' | 'randomBytes' | 'crypto'> {
  readonly own: Pick<OwnMember, 'get'>;
}

/** Invitations this member gave. */
export class InvitationBook {
  readonly #store: Pick<Store, 'reader' | 'write'>;
  readonly #deps: InvitationBookDeps;

  constructor(store: Pick<Store, 'reader' | 'write'>, deps: InvitationBookDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  list(): readonly GivenInvitation[] {
    return this.#store.reader
      .prepare<Row>('select * from members_invitation order by made_us desc')
      .all()
      .map((row) => ({
        id: row.id,
        hint: row.hint,
        accepts: row.accepts === 1,
        madeUs: row.made_us,
        untilUs: row.until_us,
        usedBy: row.used_by ?? undefined,
      }));
  }

  /**
   * Gives an invitation. Its text is told this once; kept is the public key that comes of it.
   *
   * @throws {ComityError} `CONFLICT` when this node is no member, or there are too many.
   */
  async give(options: {
    readonly hint: string;
    readonly hours: number;
    readonly accepts: boolean;
    readonly allowPrivate: boolean;
  }): Promise<{ readonly text: string; readonly invitation: GivenInvitation }> {
    const { own, randomBytes, crypto } = this.#deps;
    const { member, hash, body } = own.get();
    const seed = randomBytes(seedBytes);
    const publicKey = base64Of(signerOfSeed('invitation', 'note', seed, crypto).key.publicKey);
    const nowUs = nowUsOf(this.#deps.clock);
    const id = `inv-${Buffer.from(randomBytes(8)).toString('hex')}`;
    const untilUs = nowUs + options.hours * hourUs;
    const { hint, accepts, allowPrivate } = options;
    await this.#store.write((db) => {
      db.prepare('delete from members_invitation where until_us < ?').run(nowUs - keptUs);
      const { count } = db.prepare<{ count: number }>('select count(*) as count from members_invitation').get() ?? {
        count: 0,
      };
      if (count >= invitationsMax)
        throw new ComityError('CONFLICT', `Cannot invite: there are ${invitationsMax} invitations`);
      db.prepare('insert into members_invitation values (?, ?, ?, ?, ?, ?, ?, null)').run(
        publicKey,
        id,
        hint,
        Number(accepts),
        Number(allowPrivate),
        nowUs,
        untilUs,
      );
    });
    const text = printInvitation({ url: body.url, member, descriptor: hash, seed });
    return { text, invitation: { id, hint, accepts, madeUs: nowUs, untilUs, usedBy: undefined } };
  }

  /** @throws {ComityError} `NOT_FOUND`. */
  async withdraw(id: string): Promise<void> {
    await this.#store.write((db) => {
      if (db.prepare('delete from members_invitation where id = ?').run(id).changes === 0)
        throw new ComityError('NOT_FOUND', `Cannot find the invitation ${quote(id)}`);
    });
  }

  /**
   * Takes an invitation for a member, in the transaction that admits it. The same member may take it again: it may not have heard
   * the answer.
   *
   * @throws {ComityError} `INVITATION_REFUSED`.
   */
  use(db: Connection, publicKey: string, by: MemberId): OpenInvitation {
    const row = db.prepare<Row>('select * from members_invitation where public_key = ?').get(publicKey);
    if (row === undefined) throw refused('unknown', 'it is not one of ours, or was withdrawn');
    if (row.used_by !== null && row.used_by !== by) throw refused('used', 'somebody else took it up');
    if (row.used_by === null && row.until_us < nowUsOf(this.#deps.clock)) throw refused('ended', 'its time is over');
    db.prepare('update members_invitation set used_by = ? where public_key = ?').run(by, publicKey);
    return { accepts: row.accepts === 1, allowPrivate: row.allow_private === 1 };
  }
}

/** An invitation that is not taken: `unknown`, `used`, `ended` or `not-signed` stands in the details. */
export function refused(reason: 'unknown' | 'used' | 'ended' | 'not-signed', why: string): ComityError {
  return new ComityError('INVITATION_REFUSED', `Cannot take the invitation: ${why}`, { details: { reason } });
}

function nowUsOf(clock: Clock): number {
  return Math.floor(clock() * 1000);
}
