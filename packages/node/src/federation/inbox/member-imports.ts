import { createHash } from 'node:crypto';
import { parseRowId } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { Candidate, Import, IntelSource, Outcome } from '../../intel/index.ts';
import type { Directory, FederationIntel } from '../federation.ts';

/** After so long without items an import is over: what comes later is another. */
const idleMs = 5000;

interface MemberImportsDeps {
  readonly after: (delayMs: number, fn: () => void) => () => void;
  readonly onFault: (message: string, error: unknown) => void;
}

/**
 * What comes from members, as imports: one an origin as long as items follow each other, so that a person finds a report for each
 * burst and not for each item. One thing is admitted at a time.
 */
export class MemberImports {
  readonly #intel: Pick<FederationIntel, 'openImport'>;
  readonly #directory: Pick<Directory, 'nameOf'>;
  readonly #deps: MemberImportsDeps;
  readonly #open = new Map<MemberId, { readonly run: Import; cancel: () => void }>();

  constructor(
    intel: Pick<FederationIntel, 'openImport'>,
    directory: Pick<Directory, 'nameOf'>,
    deps: MemberImportsDeps,
  ) {
    this.#intel = intel;
    this.#directory = directory;
    this.#deps = deps;
  }

  /** A member as a source: whatever way its objects come, it is their origin that vouches for them. */
  sourceOf(origin: MemberId): IntelSource {
    const digest = createHash('sha256').update(`member\n${origin}`, 'utf8').digest('hex');
    return {
      id: parseRowId(`src-${digest.slice(0, 24)}`),
      name: this.#directory.nameOf(origin),
      kind: 'member',
      reliability: 'B',
      defaultTlp: 'amber+strict',
    };
  }

  async admit(origin: MemberId, candidates: readonly Candidate[]): Promise<readonly Outcome[]> {
    const open = this.#open.get(origin);
    open?.cancel();
    const run = open?.run ?? (await this.#begin(origin));
    const outcomes = await run.admit(candidates);
    this.#open.set(origin, { run, cancel: this.#deps.after(idleMs, () => void this.#finish(origin)) });
    return outcomes;
  }

  async close(): Promise<void> {
    for (const origin of this.#open.keys()) await this.#finish(origin);
  }

  async #begin(origin: MemberId): Promise<Import> {
    const source = this.sourceOf(origin);
    return await this.#intel.openImport(source, { format: 'peer', name: source.name });
  }

  async #finish(origin: MemberId): Promise<void> {
    const open = this.#open.get(origin);
    if (open === undefined) return;
    open.cancel();
    this.#open.delete(origin);
    try {
      await open.run.finish();
    } catch (error) {
      this.#deps.onFault(`Cannot end the import of what ${this.#directory.nameOf(origin)} lends`, error);
    }
  }
}
