import type { Clock } from '@comity/protocol/base';
import { ComityError, quote } from '@comity/protocol/base';
import type { Connection, Store } from '../../store/index.ts';
import { parseLaw } from '../law/law.ts';
import type { Law } from '../law/law.ts';
import { firstLaw, readStarterLaw } from '../law/starter-laws.ts';
import type { LawBook, LawEntry } from '../sharing.ts';

const historyMax = 100;
/** A proposal nobody seconded in this time is void: what was read then may not be what is meant now. */
const proposalLifetimeUs = 30 * 86_400_000_000;

interface ActRow {
  readonly ref: number;
  readonly hash: string;
  readonly act: 'proposed' | 'activated';
  readonly by: string;
  readonly at_us: number;
  readonly name: string;
}

const actColumns = 'a.ref, a.hash, a.act, a.by, a.at_us, l.name';

export interface LawBookDeps {
  readonly clock: Clock;
  readonly onFault: (message: string, error: unknown) => void;
}

/** Opens the laws of a node. The law in force is parsed when it is first asked for. */
export function openLawBook(store: Pick<Store, 'reader' | 'write'>, deps: LawBookDeps): LawBook {
  let active: { readonly entry: LawEntry; readonly law: Law } | undefined;
  const nowUs = (): number => Math.floor(deps.clock() * 1000);

  function readActive(): { readonly entry: LawEntry; readonly law: Law } {
    const act = lastAct(store.reader, 'activated');
    if (act === undefined) return starter();
    try {
      return { entry: entryOf(store.reader, act, act.ref), law: parseLaw(textOf(store.reader, act.hash)) };
    } catch (error) {
      // Written for another version of what a law may speak of: until somebody mends it nothing leaves.
      deps.onFault(`Cannot use the law ${act.name}, so the law ${firstLaw} is in force`, error);
      return starter();
    }
  }

  return {
    active: () => (active ??= readActive()),
    get(hash) {
      const current = (active ??= readActive());
      if (current.entry.hash === hash) return current;
      const act = store.reader
        .prepare<ActRow>(
          `select ${actColumns} from sharing_law_act a join sharing_law l using (hash) where hash = ? order by ref desc limit 1`,
        )
        .get(hash);
      if (act === undefined && starter().law.hash === hash)
        return { ...starter(), entry: { ...starter().entry, state: 'past' } };
      if (act === undefined) throw new ComityError('NOT_FOUND', `Cannot find a law with the hash ${quote(hash)}`);
      const activeRef = lastAct(store.reader, 'activated')?.ref ?? 0;
      return { entry: entryOf(store.reader, act, activeRef), law: parseLaw(textOf(store.reader, hash)) };
    },
    history() {
      const activeRef = lastAct(store.reader, 'activated')?.ref ?? 0;
      return store.reader
        .prepare<ActRow>(
          `select ${actColumns} from sharing_law_act a join sharing_law l using (hash) order by ref desc limit ?`,
        )
        .all(historyMax)
        .map((act) => entryOf(store.reader, act, activeRef));
    },
    async activate(text, name, { by, others }, alongside) {
      const law = parseLaw(text);
      if (name.trim() === '' || name.length > 200)
        throw new ComityError('ARGUMENT_INVALID', `Cannot call a law ${quote(name)}: 1 to 200 characters`);
      const entry = await store.write((db) => {
        const act = actOn(db, law.hash, { others, nowUs: nowUs() });
        db.prepare('insert or ignore into sharing_law values (?, ?, ?)').run(law.hash, text, name);
        if (act === 'activated' || waitingProposal(db, law.hash, nowUs())?.by !== by)
          db.prepare('insert into sharing_law_act (hash, act, by, at_us) values (?, ?, ?, ?)').run(
            law.hash,
            act,
            by,
            nowUs(),
          );
        const last = db
          .prepare<ActRow>(
            `select ${actColumns} from sharing_law_act a join sharing_law l using (hash) where hash = ? order by ref desc limit 1`,
          )
          .get(law.hash);
        if (last === undefined) throw new Error('Assertion failed: what was done with a law is there');
        const done = entryOf(db, last, lastAct(db, 'activated')?.ref ?? 0);
        alongside?.(db, done);
        return done;
      });
      active = undefined;
      return entry;
    },
  };
}

/** Two pairs of eyes: the second who wants the same text puts it in force. */
function actOn(
  db: Connection,
  hash: string,
  { others, nowUs }: { readonly others: readonly string[]; readonly nowUs: number },
): 'proposed' | 'activated' {
  if (others.length === 0) return 'activated';
  const proposal = waitingProposal(db, hash, nowUs);
  return proposal !== undefined && others.includes(proposal.by) ? 'activated' : 'proposed';
}

/** The proposal of a law that waits: since then nothing was activated, and it is not void. */
function waitingProposal(db: Connection, hash: string, nowUs: number): ActRow | undefined {
  return db
    .prepare<ActRow>(
      `select ${actColumns} from sharing_law_act a join sharing_law l using (hash)
       where hash = ? and act = 'proposed' and at_us >= ?
       and ref > coalesce((select max(ref) from sharing_law_act where act = 'activated'), 0) order by ref desc limit 1`,
    )
    .get(hash, nowUs - proposalLifetimeUs);
}

function lastAct(db: Connection, act: ActRow['act']): ActRow | undefined {
  return db
    .prepare<ActRow>(
      `select ${actColumns} from sharing_law_act a join sharing_law l using (hash) where act = ? order by ref desc limit 1`,
    )
    .get(act);
}

function entryOf(db: Connection, act: ActRow, activeRef: number): LawEntry {
  const proposal =
    act.act === 'proposed'
      ? act
      : db
          .prepare<ActRow>(
            `select ${actColumns} from sharing_law_act a join sharing_law l using (hash)
             where hash = ? and act = 'proposed' and ref < ? order by ref desc limit 1`,
          )
          .get(act.hash, act.ref);
  const activated = act.act === 'activated' ? act : undefined;
  const first = proposal ?? act;
  return {
    hash: act.hash,
    name: act.name,
    state:
      activated === undefined ? (act.ref > activeRef ? 'proposed' : 'past') : act.ref === activeRef ? 'active' : 'past',
    proposedBy: first.by,
    proposedUs: first.at_us,
    activatedBy: activated?.by,
    activatedUs: activated?.at_us,
  };
}

function starter(): { readonly entry: LawEntry; readonly law: Law } {
  const law = parseLaw(readStarterLaw(firstLaw));
  return { law, entry: entryOfStarter(law.hash) };
}

function entryOfStarter(hash: string): LawEntry {
  return {
    hash,
    name: firstLaw,
    state: 'active',
    proposedBy: 'comity',
    proposedUs: 0,
    activatedBy: 'comity',
    activatedUs: 0,
  };
}

function textOf(db: Connection, hash: string): string {
  const row = db.prepare<{ text: string }>('select text from sharing_law where hash = ?').get(hash);
  if (row === undefined) throw new Error('Assertion failed: a law that was acted on has a text');
  return row.text;
}
