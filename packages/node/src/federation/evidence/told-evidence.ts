import { asOwnError } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { contradictionText, evidenceMax, isProvenContradiction, printToldEvidence } from '@comity/protocol/peer';
import type { SignedStatement, ToldEvidence } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Evidence, Federation, FederationDeps } from '../federation.ts';

/** How often a member is asked what evidence it holds. */
const askEveryMs = 3_600_000;
/** Of what others tell, kept about one member: it is suspended after the first, and more shows nothing more. */
const toldMax = 16;

/** What is held against members, as it is told whoever asks: newest first. */
export function tellEvidence(evidence: readonly Evidence[]): string {
  return printToldEvidence(evidence.slice(0, evidenceMax).map(toldOf));
}

function toldOf({ kind, text }: Evidence): ToldEvidence {
  if (kind === 'contradiction') return { kind, statements: JSON.parse(text) as [SignedStatement, SignedStatement] };
  const { notes } = JSON.parse(text) as { notes: [string, string] };
  return { kind, notes };
}

type HearerDeps = Pick<FederationDeps, 'clock' | 'directory' | 'ledgers' | 'link' | 'crypto' | 'onContradiction'>;

/**
 * Hears of evidence from others. What they tell is verified here before anything follows from it, and then what follows is what follows of
 * one's own finding: it is kept, and whom it is against is suspended until people have decided.
 */
export class EvidenceHearer {
  readonly #db: Connection;
  readonly #deps: HearerDeps;
  readonly #keep: Federation['keepEvidence'];
  /** When each member was asked last, since the start. */
  readonly #asked = new Map<MemberId, number>();

  constructor(db: Connection, deps: HearerDeps, keep: Federation['keepEvidence']) {
    this.#db = db;
    this.#deps = deps;
    this.#keep = keep;
  }

  /** Asks a member, if that is due. What it answers wrongly is its affair: the exchange with it goes on. */
  async ask(member: MemberId, signal: AbortSignal): Promise<void> {
    const nowMs = this.#deps.clock();
    const lastMs = this.#asked.get(member) ?? Number.NEGATIVE_INFINITY;
    if (nowMs >= lastMs && nowMs - lastMs < askEveryMs) return;
    this.#asked.set(member, nowMs);
    try {
      await this.hear(member, await this.#deps.link.readEvidence(member, signal));
    } catch (error) {
      asOwnError(error);
    }
  }

  async hear(from: MemberId, told: readonly ToldEvidence[]): Promise<void> {
    for (const each of told) {
      // The monitor finds of two notes what it finds of any two.
      if (each.kind === 'split-ledger') await this.#deps.ledgers.hear(from, each.notes);
      else await this.#hearContradiction(each.statements);
    }
  }

  async #hearContradiction(statements: readonly [SignedStatement, SignedStatement]): Promise<void> {
    const { directory, crypto, onContradiction } = this.#deps;
    const { origin } = statements[0].statement;
    // Of strangers nothing can be shown, and who is suspended already is.
    if (!directory.joined().includes(origin) || this.#countOf(origin) >= toldMax) return;
    // Under its keys of now, as everything: with one it gave up a thief could accuse it for ever.
    if (!isProvenContradiction(statements, (member) => directory.messageKeysOf(member), crypto)) return;
    await this.#keep(
      { member: origin, kind: 'contradiction', text: contradictionText(statements) },
      () => onContradiction(origin),
      () => undefined,
    );
  }

  #countOf(member: MemberId): number {
    return this.#db
      .prepare<{ count: number }>('select count(*) as count from peer_evidence where member = ?')
      .get(member)!.count;
  }
}
