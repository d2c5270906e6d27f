import { isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import type { Connection, Statement } from '../../store/index.ts';
import { codeOfTlp, keyOfStixId, tlpOfCode } from '../codes.ts';
import type { IntelCore } from '../intel-core.ts';
import { markingFacts } from './object-facts.ts';

/** Objects whose marking is computed anew in one transaction. */
const objectsAtOnce = 500;

/** What waits for a marking-definition. */
interface Waiting {
  readonly object_ref: number;
  readonly source_ref: number;
  readonly version_ref: number;
}

/** Notes which objects bear a marking that cannot be read yet, as which source told them. */
export class UnreadMarkings {
  readonly #drop: Statement;
  readonly #add: Statement;

  constructor(db: Connection) {
    this.#drop = db.prepare('delete from intel_unread_marking where object_ref = ? and source_ref = ?');
    this.#add = db.prepare(
      `insert or ignore into intel_unread_marking (marking, object_ref, source_ref, version_ref, judged_ref)
       values (?, ?, ?, ?, coalesce((select live_ref from intel_object where key = ?), 0))`,
    );
  }

  /** What the source told last counts. */
  note({ object_ref: ref, source_ref: source, version_ref: version }: Waiting, markings: readonly StixId[]): void {
    this.#drop.run(ref, source);
    this.add({ object_ref: ref, source_ref: source, version_ref: version }, markings);
  }

  /** Of an object that is new to us. */
  add({ object_ref: ref, source_ref: source, version_ref: version }: Waiting, markings: readonly StixId[]): void {
    for (const marking of markings) {
      const key = keyOfStixId(marking);
      this.#add.run(key, ref, source, version, key);
    }
  }
}

/**
 * Computes the markings of objects anew whose marking-definition came, some hundred a transaction.
 *
 * Until then they are handled more strictly than need be, never less: a stop in between changes nothing but that, and the
 * next start goes on.
 */
export async function readMarkingsAnew(core: IntelCore): Promise<void> {
  // Whether there is anything to do is asked first, since a write waits for its turn.
  while (waitingFor(core.store.reader, 1).length > 0) {
    await core.writeBooks(({ objects }, { db, nowUs }) => {
      const unread = new UnreadMarkings(db);
      const setTlp = db.prepare('update intel_provenance set tlp = ? where object_ref = ? and source_ref = ?');
      const textOf = db.prepare<{ text: string }>('select text from intel_version where ref = ?');
      const defaultOf = db.prepare<{ default_tlp: number }>('select default_tlp from intel_source where ref = ?');
      for (const waiting of waitingFor(db, objectsAtOnce)) {
        const { object_ref: ref, source_ref: source } = waiting;
        const value = valueOf(textOf.get(waiting.version_ref)?.text);
        const defaultTlp = tlpOfCode(defaultOf.get(source)?.default_tlp ?? -1);
        const facts = markingFacts(value, defaultTlp, (id) => core.findLiveValue(id));
        setTlp.run(codeOfTlp(facts.tlp), ref, source);
        unread.note(waiting, facts.unreadMarkings);
        objects.reconsider(ref, nowUs);
      }
    });
  }
}

function waitingFor(db: Connection, limit: number): Waiting[] {
  return db
    .prepare<Waiting>(
      `select distinct u.object_ref, u.source_ref, u.version_ref
       from (select distinct marking from intel_unread_marking) m join intel_object o on o.key = m.marking
       join intel_unread_marking u on u.marking = m.marking where u.judged_ref <> o.live_ref limit ?`,
    )
    .all(limit);
}

function valueOf(text: string | undefined): JsonObject {
  const value = text === undefined ? undefined : parseJson(text, text.length);
  if (value === undefined || !isJsonObject(value)) throw new Error('Assertion failed: a version is an object');
  return value;
}
