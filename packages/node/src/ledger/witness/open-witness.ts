import { asOwnError, ComityError, hexOf, quote, utf8Bytes } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import {
  decideAddCheckpoint,
  openCheckpoint,
  parseAddCheckpoint,
  printCheckpoint,
  printNote,
  printWitnessAnswer,
  signText,
} from '@comity/protocol/tlog';
import type {
  NoteSignature,
  OpenedCheckpoint,
  ParsedRequest,
  TlogCrypto,
  VerifierKey,
  WitnessDecision,
} from '@comity/protocol/tlog';
import type { Connection, Store } from '../../store/index.ts';
import type { Ask } from '../ask.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** A log this node witnesses. */
export interface WitnessedLogSource {
  /** Its keys: while they change, old and new ones. */
  readonly keys: readonly VerifierKey[];
  /** URLs of checkpoints of that log that others show: the log itself, its other witnesses. */
  readonly elsewhere: readonly { readonly url: string; readonly allowPrivate: boolean }[];
}

export interface WitnessDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly keys: KeyRing;
  readonly crypto: TlogCrypto;
  readonly ask: Ask;
  readonly clock: Clock;
  /** Which logs there are to witness; undefined for an origin nobody told us of. */
  readonly findLog: (origin: string) => WitnessedLogSource | undefined;
  /** Told of every checkpoint a log signed that came here, also of one that is refused: it may be half of a proof. */
  readonly onSigned: (note: string, origin: string) => void;
}

interface WitnessRequest {
  readonly method: string;
  /** Below where the witness stands: `/add-checkpoint`, `/<hex>/checkpoint`. Hostile. */
  readonly path: string;
  /** Hostile; its size was limited. */
  readonly body: Uint8Array;
}

interface WitnessResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** This node as a witness of the logs of others (C2SP tlog-witness). */
export interface OwnWitness {
  /** Makes keys of this name when it has none of any: a witness has its name for good. It answers 503 before. */
  start(name: string): Promise<void>;
  /** Verifier keys in use, as text; none before the first start. */
  keys(): readonly VerifierKey[];
  /** Answers a request, whatever it is. Never rejects but for a fault of the store. */
  answer(request: WitnessRequest): Promise<WitnessResponse>;
}

interface WitnessedRow {
  readonly size: number;
  readonly root: Uint8Array;
}

const textType = 'text/plain; charset=utf-8';
const timeoutMs = 1000;
const monitoringForm = /^\/([0-9a-f]{64})\/checkpoint$/;

export function openWitness(deps: WitnessDeps): OwnWitness {
  const { store, keys, crypto, clock } = deps;
  const { sha256 } = crypto;
  let witnessName: string | undefined;
  /** What is known elsewhere of each log, asked once a start: our own memory may be an old copy. */
  const recalls = new Map<string, Promise<WitnessResponse | undefined>>();

  const hashOf = (origin: string): string => hexOf(sha256(utf8Bytes(origin)));
  const lastOf = (db: Connection, origin: string): WitnessedRow | undefined =>
    db.prepare<WitnessedRow>('select size, root from ledger_witnessed where origin_hash = ?').get(hashOf(origin));
  const keep = (
    db: Connection,
    { origin, size, root, note, cosignedUs }: WitnessedRow & { origin: string; note: string; cosignedUs: number },
  ): void => {
    db.prepare(
      `insert into ledger_witnessed (origin_hash, origin, size, root, note, cosigned_us) values (?, ?, ?, ?, ?, ?)
       on conflict (origin_hash) do update set size = excluded.size, root = excluded.root, note = excluded.note,
         cosigned_us = excluded.cosigned_us`,
    ).run(hashOf(origin), origin, size, root, note, cosignedUs);
  };

  /**
   * Brings what we know of a log to the largest tree others were shown. The keys of the log vouch for it, so it does not matter who shows it.
   *
   * @returns why the log cannot be witnessed now.
   */
  const recall = async (origin: string, source: WitnessedLogSource): Promise<WitnessResponse | undefined> => {
    if (source.elsewhere.length === 0) return undefined;
    const answers = await Promise.all(source.elsewhere.map((place) => askElsewhere(place, origin, source)));
    if (answers.every((answer) => answer === undefined)) {
      return text(503, 'nobody who could know more of this log answers: try again later');
    }
    for (const shown of answers) {
      if (shown === undefined || shown === 'none') continue;
      const { size, root } = shown.checkpoint;
      const isOther = await store.write((db) => {
        const last = lastOf(db, origin);
        if (last !== undefined && last.size === size) return Buffer.compare(last.root, root) !== 0;
        // Not cosigned by us: the log proves that it only grew since before we sign anything.
        if (size > (last?.size ?? 0)) keep(db, { origin, size, root, note: noteOf(shown), cosignedUs: 0 });
        return false;
      });
      if (isOther) return text(422, 'the same size has another root elsewhere');
    }
    return undefined;
  };

  /** What one of those that may know shows; undefined when it does not answer or shows nothing of worth. */
  const askElsewhere = async (
    { url, allowPrivate }: WitnessedLogSource['elsewhere'][number],
    origin: string,
    source: WitnessedLogSource,
  ): Promise<OpenedCheckpoint | 'none' | undefined> => {
    try {
      const { status, body } = await deps.ask({ url, allowPrivate, timeoutMs });
      if (status === 404) return 'none';
      return status === 200 ? openedOf(body, origin, source, crypto) : undefined;
    } catch (error) {
      asOwnError(error);
      return undefined;
    }
  };

  /** Once a start; a refusal is asked about again. */
  const recalled = async (origin: string, source: WitnessedLogSource): Promise<WitnessResponse | undefined> => {
    const asked = recalls.get(origin) ?? recall(origin, source);
    recalls.set(origin, asked);
    const refusal = await asked;
    if (refusal !== undefined) recalls.delete(origin);
    return refusal;
  };

  const addCheckpoint = async (body: Uint8Array): Promise<WitnessResponse> => {
    const request = parsedOr400(body);
    if ('status' in request) return request;
    const { origin } = request.checkpoint;
    const source = deps.findLog(origin);
    const signers = witnessName === undefined ? [] : keys.signers(witnessName);
    if (signers.length === 0) return text(503, 'this witness has no keys it can open');
    const opened = source && openedOf(request.note, origin, source, crypto);
    if (opened !== undefined) deps.onSigned(noteOf(opened), origin);
    // Others are asked for nobody but the log itself.
    const refusal = source && opened && (await recalled(origin, source));
    if (refusal !== undefined) return refusal;

    // Reading what is known, deciding and keeping it is one transaction: of two requests at once one sees what the other left.
    const done = await store.write((db): { decision: WitnessDecision; signatures: readonly NoteSignature[] } => {
      const last = lastOf(db, origin);
      const decision = decideAddCheckpoint(request, source && { keys: source.keys, last }, crypto);
      if (decision.status !== 200) return { decision, signatures: [] };
      const signatures = signText(decision.text, signers, Math.floor(clock() / 1000));
      keep(db, { origin, ...decision.last, note: noteOf(opened!, signatures), cosignedUs: clock() * 1000 });
      return { decision, signatures };
    });
    // If we stop in here, we hold the log to what it never got our signature for: it asks again and gets it.
    const { decision, signatures } = done;
    const answer = printWitnessAnswer(decision, signatures);
    return { status: answer.status, headers: { 'content-type': answer.contentType }, body: answer.body };
  };

  const show = (hash: string): WitnessResponse => {
    const row = store.reader
      .prepare<{ note: string }>('select note from ledger_witnessed where origin_hash = ? and cosigned_us > 0')
      .get(hash);
    return row === undefined ? text(404, 'no checkpoint of such a log was cosigned here') : text(200, row.note, '');
  };

  return {
    async start(name) {
      if (keys.nameOf('witness') === undefined) await keys.add(name, 'witness');
      witnessName = keys.nameOf('witness');
    },
    keys: () => (witnessName === undefined ? [] : keys.keys(witnessName)),
    async answer({ method, path, body }) {
      if (path === '/add-checkpoint') {
        return method === 'POST' ? await addCheckpoint(body) : { ...text(405, 'use POST'), headers: { allow: 'POST' } };
      }
      const [, hash] = monitoringForm.exec(path) ?? [];
      if (hash === undefined) return text(404, `there is nothing at ${quote(path)}`);
      return method === 'GET' || method === 'HEAD'
        ? show(hash)
        : { ...text(405, 'use GET'), headers: { allow: 'GET, HEAD' } };
    },
  };
}

/** A checkpoint with the log's signatures and others, and nothing anybody added. */
function noteOf({ checkpoint, ofLog }: OpenedCheckpoint, others: readonly NoteSignature[] = []): string {
  return printNote({
    text: printCheckpoint(checkpoint),
    signatures: [...ofLog.map(({ signature }) => signature), ...others],
  });
}

function openedOf(
  note: string | Uint8Array,
  origin: string,
  { keys }: WitnessedLogSource,
  crypto: TlogCrypto,
): OpenedCheckpoint | undefined {
  try {
    return openCheckpoint(note, { origin, keys }, [], crypto);
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

function parsedOr400(body: Uint8Array): ParsedRequest | WitnessResponse {
  try {
    return parseAddCheckpoint(body);
  } catch (error) {
    if (error instanceof ComityError) return text(400, error.message);
    throw error;
  }
}

function text(status: number, sentence: string, end = '\n'): WitnessResponse {
  return { status, headers: { 'content-type': textType }, body: `${sentence}${end}` };
}
