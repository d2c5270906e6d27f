import { textsOf, valueAt } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { SigmaEvent, SigmaLogsource } from '@comity/protocol/sigma';
import { mappedField } from './source-kind.ts';
import type { SourceKind } from './source-kind.ts';

/** A record with the fields its kind gives it, and under its own names all others. */
export class MappedEvent implements SigmaEvent {
  readonly atUs: number | undefined;
  readonly #kind: SourceKind;
  readonly #record: JsonObject;
  readonly #line: string | undefined;

  /** @param options.line - the whole text of a record of a text format: where keywords are looked for. */
  constructor(
    kind: SourceKind,
    record: JsonObject,
    options: { readonly line?: string; readonly atUs: number | undefined },
  ) {
    this.#kind = kind;
    this.#record = record;
    this.#line = options.line;
    this.atUs = options.atUs;
  }

  get logsources(): readonly SigmaLogsource[] {
    return this.#kind.logsources;
  }

  field(name: string): JsonValue | undefined {
    return mappedField(this.#kind, this.#record, name) ?? valueAt(this.#record, name);
  }

  texts(): readonly string[] {
    return this.#line === undefined ? textsOf(this.#record) : [this.#line];
  }
}
