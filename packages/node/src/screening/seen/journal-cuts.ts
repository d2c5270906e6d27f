/**
 * Says up to which batch the journal of a source may be cut: what is in a run, once its batches are durable. Cut earlier, a batch
 * still on its way would leave its rows behind.
 */
export class JournalCuts {
  readonly #cut: (source: number, epoch: number, through: number) => void;
  readonly #bySource = new Map<number, { epoch: number; committed: number; wanted: number }>();

  constructor(cut: (source: number, epoch: number, through: number) => void) {
    this.#cut = cut;
  }

  /** What the batches up to one noted is in a run. */
  kept(source: number, epoch: number, through: number): void {
    const known = this.#of(source, epoch);
    if (known === undefined || through < 0) return;
    known.wanted = through;
    this.#cutIfDue(source);
  }

  /** A batch is durable. */
  committed(source: number, epoch: number, number: number): void {
    const known = this.#of(source, epoch);
    if (known === undefined) return;
    known.committed = number;
    this.#cutIfDue(source);
  }

  #cutIfDue(source: number): void {
    const known = this.#bySource.get(source);
    if (known === undefined || known.wanted < 0 || known.committed < known.wanted) return;
    this.#cut(source, known.epoch, known.wanted);
    known.wanted = -1;
  }

  /** Undefined for an earlier start of the source. */
  #of(source: number, epoch: number): { epoch: number; committed: number; wanted: number } | undefined {
    const known = this.#bySource.get(source);
    if (known !== undefined && known.epoch >= epoch) return known.epoch === epoch ? known : undefined;
    const fresh = { epoch, committed: -1, wanted: -1 };
    this.#bySource.set(source, fresh);
    return fresh;
  }
}
