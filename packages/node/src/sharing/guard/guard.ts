import { ComityError, quote } from '@comity/protocol/base';
import type { RecipientKind, SharingAction } from '@comity/protocol/sharing';
import { gradeOfMatches } from './match-bytes.ts';
import { gradeOfMisp } from './misp-bytes.ts';
import { readPeerItem } from './peer-bytes.ts';
import { StixBytes } from './stix-bytes.ts';
import { amberGrade, gradeOfLabel, gradeWords, strictGrade } from './grades.ts';
import type { Reading } from './grades.ts';

/** One piece that is checked at a time, in characters. */
const guardCharsMax = 64 * 1024 * 1024;

/**
 * The second look: reads the markings anew in the very text that is about to be sent, knowing only who it goes to and what
 * for. It shares no code with the decision, so that one mistake does not pass both; it knows less, and refuses what it
 * cannot tell. TLP:AMBER to another member is one such thing: whether the sender is its origin is in no text but the items of
 * the peer protocol.
 *
 * One guard is of one exit: definitions of markings it has passed are known to it from then on, as they are to whoever gets
 * the rest.
 */
export class Guard {
  readonly #kind: RecipientKind;
  readonly #gradeMax: number;
  readonly #action: SharingAction;
  readonly #isOutside: boolean;
  readonly #stix: StixBytes;

  /** @param isRead - Whether a statement was read by a person and found to restrict nothing. */
  constructor(kind: RecipientKind, action: SharingAction, isRead: (statement: string) => boolean) {
    this.#kind = kind;
    this.#gradeMax = action === 'publish' || action === 'query-outside' ? 0 : (gradeMaxOf[kind] ?? -1);
    this.#action = action;
    this.#isOutside = this.#gradeMax < strictGrade;
    this.#stix = new StixBytes(isRead);
  }

  /**
   * A STIX object, a bundle or an envelope of TAXII.
   *
   * @returns `text`.
   * @throws {ComityError} `SHARING_REFUSED`.
   */
  stix(text: string): string {
    for (const reading of this.#stix.read(parse(text))) this.#check(reading);
    return text;
  }

  /** A MISP event, attribute or object, a list or an answer of them. @returns `text`. @throws {ComityError} `SHARING_REFUSED`. */
  misp(text: string): string {
    for (const reading of gradeOfMisp(parse(text))) this.#check(reading);
    return text;
  }

  /**
   * A match, or a list of them, in our own form or in the Elastic Common Schema. It holds the owner's own record, so it goes
   * to its own organisations alone, whatever the label.
   *
   * @returns `text`.
   * @throws {ComityError} `SHARING_REFUSED`.
   */
  match(text: string): string {
    const readings = gradeOfMatches(parse(text));
    if (this.#kind !== 'organisation' || this.#action !== 'forward')
      throw refused('the match', 'it holds a record of this member, and goes to its own organisations alone');
    for (const reading of readings) this.#check(reading);
    return text;
  }

  /**
   * An item of the peer protocol by which an object is lent: its terms are no looser than the object's own labels, and AMBER
   * goes from its origin alone.
   *
   * @param object - The text sent beside it; unlabelled, it is under the label its origin signed.
   * @returns `item`.
   * @throws {ComityError} `SHARING_REFUSED`.
   */
  peer(item: string, object: string): string {
    const { isOrigin, terms, stated, pap } = readPeerItem(parse(item));
    const gradeMax = isOrigin && this.#kind === 'member' ? amberGrade : this.#gradeMax;
    this.#check({ what: 'the item', grade: terms, pap, obstacle: undefined }, gradeMax);
    if (stated > terms) throw refused('the item', 'its terms are looser than those its origin signed');
    for (const reading of this.#stix.read(parse(object))) {
      const grade = reading.grade ?? stated;
      this.#check({ ...reading, grade }, gradeMax);
      if (grade > terms)
        throw refused(reading.what, `it is lent as TLP:${gradeWords[terms] ?? 'nothing'}, which is looser`);
    }
    return item;
  }

  /**
   * A list of values, or its beginning: the first line is `# TLP:GREEN`, `# TLP:CLEAR PAP:GREEN`. Without it, it is handled
   * as TLP:AMBER+STRICT.
   *
   * @returns `text`.
   * @throws {ComityError} `SHARING_REFUSED`.
   */
  list(text: string): string {
    const line = /^# ?(TLP:[A-Z+]{3,12})(?: (PAP:[A-Z]{3,5}))?\r?\n/.exec(text);
    const grade = line?.[1] === undefined ? undefined : gradeOfLabel(line[1]);
    this.#check({ what: 'the list', grade, pap: line?.[2]?.slice(4).toLowerCase(), obstacle: undefined });
    return text;
  }

  #check({ what, grade = strictGrade, pap = 'amber', obstacle }: Reading, gradeMax = this.#gradeMax): void {
    if (grade > gradeMax)
      throw refused(
        what,
        `it is TLP:${gradeWords[grade] ?? 'RED'}, and at most TLP:${gradeWords[gradeMax] ?? 'nothing'} may go there`,
      );
    if (this.#isOutside && obstacle !== undefined) throw refused(what, obstacle);
    const isFree = pap === 'clear' || pap === 'green' || pap === 'white';
    if (this.#action === 'block' && !isFree) throw refused(what, 'its PAP does not allow to block it');
    if ((this.#action === 'publish' || this.#action === 'query-outside') && !isFree && pap !== 'amber')
      throw refused(what, 'its PAP allows one’s own records only');
  }
}

/** The strictest label a kind of recipient may get. RED is for persons, and no text is sent to a person here. */
const gradeMaxOf: Readonly<Record<RecipientKind, number>> = {
  owner: 4,
  person: 3,
  organisation: 3,
  client: 2,
  member: 1,
  public: 0,
};

function parse(text: string): unknown {
  if (text.length > guardCharsMax) throw refused('the text', `it is longer than ${guardCharsMax} characters`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ComityError('SHARING_REFUSED', 'Cannot send the text: it is no JSON, so its marking cannot be read', {
      cause,
    });
  }
}

function refused(what: string, why: string): ComityError {
  return new ComityError('SHARING_REFUSED', `Cannot send ${quote(what)}: ${why}`);
}
