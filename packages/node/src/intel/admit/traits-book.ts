import { isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { traitsOf } from '@comity/protocol/sharing';
import type { ObjectTraits } from '@comity/protocol/sharing';
import type { Connection } from '../../store/index.ts';

/** Traits remembered at once, each way; then all are forgotten. Objects have a handful, unless somebody invents markings. */
const knownMax = 10_000;

/** Gives traits their numbers, within transactions. One lives as long as the process: a number once given stays. */
export class TraitsBook {
  readonly #refs = new Map<string, number>();

  /** Call inside a write. Null: the traits of the object have to be read from its text. */
  refOf(db: Connection, object: JsonObject): number | null {
    const traits = traitsOf(object);
    if (traits === undefined) return null;
    const { personal, markingRefs = null } = traits;
    const text = markingRefs === null ? `[${personal},null]` : JSON.stringify([personal, markingRefs]);
    const known = this.#refs.get(text);
    if (known !== undefined) return known;
    db.prepare('insert or ignore into intel_traits (text) values (?)').run(text);
    const ref = db.prepare<{ ref: number }>('select ref from intel_traits where text = ?').get(text)?.ref;
    if (ref === undefined) throw new Error('Assertion failed: traits have a number');
    if (this.#refs.size >= knownMax) this.#refs.clear();
    this.#refs.set(text, ref);
    return ref;
  }

  /** Forgets numbers a failed transaction may have given. */
  forget(): void {
    this.#refs.clear();
  }
}

/** Reads traits by their number: those of one number are one object as long as they are remembered. */
export class TraitsReader {
  readonly #db: Connection;
  readonly #known = new Map<number, ObjectTraits>();

  constructor(db: Connection) {
    this.#db = db;
  }

  find(ref: number | null): ObjectTraits | undefined {
    if (ref === null) return undefined;
    const known = this.#known.get(ref);
    if (known !== undefined) return known;
    const text = this.#db.prepare<{ text: string }>('select text from intel_traits where ref = ?').get(ref)?.text;
    const value = text === undefined ? undefined : parseJson(text, text.length);
    if (isJsonObject(value) || !Array.isArray(value)) return undefined;
    const [personal, refs] = value as [boolean, string[] | null];
    const traits: ObjectTraits = { markingRefs: refs ?? undefined, personal };
    if (this.#known.size >= knownMax) this.#known.clear();
    this.#known.set(ref, traits);
    return traits;
  }
}
