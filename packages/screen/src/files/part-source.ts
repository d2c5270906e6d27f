/** Chunks that can be looked at before they are taken, and go on when whoever took some of them stops. */
export class PartSource {
  readonly #source: AsyncGenerator<Uint8Array, void, undefined>;
  readonly #onChunk: (chunk: Uint8Array) => void;
  #kept: Uint8Array | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param onChunk - called once for each chunk, in their order; what it throws ends the source. */
  constructor(source: AsyncGenerator<Uint8Array, void, undefined>, onChunk: (chunk: Uint8Array) => void) {
    this.#source = source;
    this.#onChunk = onChunk;
  }

  /** The chunks themselves could not be read: what was made of them says nothing. Whoever asks for more gets the error again. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** The first bytes: `count` or more, or all there are. They are taken again afterwards. */
  async head(count: number): Promise<Uint8Array> {
    while ((this.#kept?.length ?? 0) < count) {
      const chunk = await this.#read();
      if (chunk === undefined) break;
      this.#kept = this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk]);
    }
    return this.#kept ?? new Uint8Array(0);
  }

  /** The chunks that are left; leaving them early leaves the rest to the next. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.#take(); chunk !== undefined; chunk = await this.#take()) yield chunk;
  }

  /** Takes what is left, so that every chunk was seen. */
  async drain(): Promise<void> {
    while ((await this.#take()) !== undefined);
  }

  /** Lets go of what lies behind. */
  async close(): Promise<void> {
    await this.#source.return();
  }

  async #take(): Promise<Uint8Array | undefined> {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept ?? (await this.#read());
  }

  async #read(): Promise<Uint8Array | undefined> {
    // oxlint-disable-next-line only-throw-error -- what reading threw passes through unchanged
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#onChunk(next.value);
      return next.value;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
