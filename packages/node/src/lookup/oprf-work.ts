import { buildFuseFilter, nameBytes, printFuseFilter, sealRecord } from '@comity/protocol/lookup';
import type { Answered, Blinded, Evaluation, Oprf, OprfKey } from '@comity/protocol/lookup';
import { onceSeal } from './once-seal.ts';

/** Work that would stop the event loop: most of it some 0.1 ms a value. */
export type OprfWork =
  | { readonly kind: 'key'; readonly seed: Uint8Array; readonly info: Uint8Array }
  | { readonly kind: 'outputs'; readonly secretKey: Uint8Array; readonly inputs: readonly Uint8Array[] }
  | { readonly kind: 'evaluate'; readonly key: OprfKey; readonly elements: readonly Uint8Array[] }
  | { readonly kind: 'blind'; readonly inputs: readonly Uint8Array[] }
  | {
      readonly kind: 'finalize';
      readonly items: readonly Answered[];
      readonly publicKey: Uint8Array;
      readonly proof: Uint8Array;
    }
  | {
      readonly kind: 'seal';
      readonly outputs: readonly Uint8Array[];
      readonly texts: readonly string[];
      readonly form: { readonly generation: Uint8Array; readonly cellBytes: number };
    }
  | { readonly kind: 'filter'; readonly names: readonly Uint8Array[] };

/** What each kind of work gives. */
export interface OprfResults {
  readonly key: OprfKey;
  readonly outputs: readonly Uint8Array[];
  readonly evaluate: Evaluation;
  readonly blind: readonly Blinded[];
  readonly finalize: readonly Uint8Array[];
  readonly seal: readonly Uint8Array[];
  /** The filter as it is written, and where each name stands in the order. */
  readonly filter: { readonly filter: Uint8Array; readonly order: readonly number[] };
}

/**
 * Prints of eight bits: about one name in 256 passes that is not there. Whoever asks then fetches records though there is no hit, so
 * that the holder learns less of who fetches some.
 */
const filterBits = 8;

/** Does work. @throws {ComityError} `LOOKUP_MALFORMED`, `LOOKUP_UNPROVEN`. */
export function doOprfWork(
  work: OprfWork,
  oprf: Oprf,
  randomBytes: (count: number) => Uint8Array,
): OprfResults[OprfWork['kind']] {
  switch (work.kind) {
    case 'key':
      return oprf.deriveKey(work.seed, work.info);
    case 'outputs':
      return work.inputs.map((input) => oprf.evaluate(work.secretKey, input));
    case 'evaluate':
      return oprf.blindEvaluate(work.key, work.elements, randomBytes);
    case 'blind':
      return work.inputs.map((input) => oprf.blind(input, randomBytes));
    case 'finalize':
      return oprf.finalize(work.items, work.publicKey, work.proof);
    case 'seal':
      return work.outputs.map((output, index) => sealRecord(output, work.texts[index] ?? '', work.form, onceSeal));
    case 'filter': {
      const sorted = work.names
        .map((name, index) => ({ name: name.subarray(0, nameBytes), index }))
        .toSorted((a, b) => Buffer.compare(a.name, b.name));
      const filter = buildFuseFilter(
        sorted.map(({ name }) => name),
        filterBits,
      );
      return { filter: printFuseFilter(filter), order: sorted.map(({ index }) => index) };
    }
  }
}
