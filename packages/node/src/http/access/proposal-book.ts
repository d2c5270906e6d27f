import type { Connection } from '../../store/index.ts';
import type { AccessDeps } from './deps.ts';

/** Something one person wants that needs a second. */
export interface Proposal {
  readonly about: string;
  /** The account that proposed it. */
  readonly by: string;
  readonly reason: string;
  readonly atUs: number;
}

/** What waits for a second pair of eyes, by what it is about. */
export interface ProposalBook {
  /** The proposals of these that wait, by what they are about; what is older than 30 days is void. */
  find(about: readonly string[]): ReadonlyMap<string, Proposal>;
  /** Proposes, instead of what was proposed about the same before. Within the caller's transaction. */
  propose(db: Connection, about: readonly string[], who: { readonly by: string; readonly reason: string }): void;
  /** Drops proposals, since they were agreed to or declined. Within the caller's transaction. Returns how many there were. */
  drop(db: Connection, about: readonly string[]): number;
}

/** What was meant then may not be what is meant now. */
const lifetimeUs = 30 * 86_400_000_000;
/** Proposals kept; the oldest make room. */
const proposalsMax = 10_000;

interface ProposalRow {
  readonly about: string;
  readonly by: string;
  readonly reason: string;
  readonly at_us: number;
}

export function openProposalBook({ store, clock }: Pick<AccessDeps, 'store' | 'clock'>): ProposalBook {
  const nowUs = (): number => Math.floor(clock() * 1000);
  const isDue = (): number => nowUs() - lifetimeUs;
  return {
    find(about) {
      const one = store.reader.prepare<ProposalRow>('select * from access_proposal where about = ? and at_us > ?');
      const found = about.flatMap((each) => one.get(each, isDue()) ?? []);
      return new Map(found.map(({ at_us: atUs, ...row }) => [row.about, { ...row, atUs }]));
    },
    propose(db, about, { by, reason }) {
      db.prepare('delete from access_proposal where at_us <= ?').run(isDue());
      const add = db.prepare('insert or replace into access_proposal values (?, ?, ?, ?)');
      for (const each of about) add.run(each, by, reason, nowUs());
      db.prepare(
        'delete from access_proposal where about in (select about from access_proposal order by at_us desc limit -1 offset ?)',
      ).run(proposalsMax);
    },
    drop(db, about) {
      const one = db.prepare('delete from access_proposal where about = ?');
      return about.reduce((count, each) => count + one.run(each).changes, 0);
    },
  };
}
