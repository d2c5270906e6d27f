import { hash } from 'node:crypto';
import type { ListFormat } from '@comity/protocol/api';
import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { ExportFormat, ExportGate, Intel, IntelFilter } from '../../intel/index.ts';
import { listFormats } from '../../lists/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Collection, Taxii } from '../../taxii/index.ts';
import { exportTypes, gateFor, ownGate } from '../export-gate.ts';
import type { ExportType } from '../export-gate.ts';
import { begun } from '../first-chunk.ts';
import { patientStream } from '../patient-stream.ts';
import type { Handlers } from '../handler.ts';
import { isAmong } from '../if-none-match.ts';
import { getCollection, taxiiCallerOf } from '../taxii/audience.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import { optional } from '../views/instants.ts';

export interface ListRoutesDeps {
  readonly intel: Pick<Intel, 'export' | 'stored' | 'writes'>;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients' | 'edition'>;
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly clock: Clock;
  readonly uuid: () => string;
  /** How long nobody may read on in a list. Milliseconds. */
  readonly answerIdleMs?: number;
}

/** Lists written at once; who comes later is asked to come again. */
const writtenAtOnceMax = 4;
/** Whoever reads nothing for so long leaves room for others. */
const defaultIdleMs = 60_000;
/** A list is written anew at least this often: a law may look at the clock. */
const lastsMs = 3_600_000;

interface Form extends ExportType {
  readonly blocks: boolean;
}

/** Lists for other tools: each collection in each form, for whoever it is there for. */
export function listRoutes(deps: ListRoutesDeps): Pick<Handlers, 'getList'> {
  const { intel, sharing, taxii, clock, answerIdleMs = defaultIdleMs } = deps;
  // Counts begin anew with the process, so that every list is fetched once more after a restart.
  const start = deps.uuid();
  const editionOf = numbersOf();
  let running = 0;

  /** Names all a list is made of. What cannot change a list may change it: then a tool fetches the same once more. */
  function etagOf(collection: Collection, format: ListFormat, { recipient, encrypted }: TaxiiCaller): string {
    const parts = [
      collection,
      format,
      recipient,
      encrypted,
      start,
      editionOf(sharing.edition()),
      intel.writes(),
      Math.floor(clock() / lastsMs),
    ];
    return `"${hash('sha256', JSON.stringify(parts), 'base64url')}"`;
  }

  async function gateOf(
    { recipient, encrypted }: TaxiiCaller,
    format: ExportFormat,
    blocks: boolean,
    filter: IntelFilter,
  ): Promise<ExportGate> {
    if (recipient.kind === 'owner') return ownGate(sharing, blocks);
    return await gateFor(recipient, format, () => intel.stored(filter), sharing, { blocks, encrypted });
  }

  return {
    async getList({ params, caller, encrypted, ifNoneMatch, setHeader, setStatus }) {
      const who = taxiiCallerOf(caller, encrypted, sharing.recipients);
      const collection = getCollection(taxii.collections.find(params.collection), params.collection, who);
      const { open, type, fileName, blocks } = formOf(params.format);
      const etag = etagOf(collection, params.format, who);
      setHeader('etag', etag);
      setHeader('cache-control', 'private, no-cache');
      setHeader('vary', 'authorization');
      if (isAmong(etag, ifNoneMatch)) {
        setStatus(304);
        return { type, body: '' };
      }
      if (running >= writtenAtOnceMax)
        throw new ComityError('TOO_MANY_REQUESTS', 'Cannot write a list yet: others are being written', {
          details: { retryAfterSeconds: 5 },
        });
      running += 1;
      let isRunning = true;
      const done = (): void => {
        if (isRunning) running -= 1;
        isRunning = false;
      };
      try {
        const filter = filterOf(collection);
        const format = open();
        const gate = await gateOf(who, format, blocks, filter);
        if (gate.label !== undefined) setHeader('comity-label', gate.label);
        const chunks = await begun(intel.export(format, filter, gate));
        const body = patientStream(chunks, answerIdleMs);
        body.once('close', done);
        return { type, fileName, body };
      } catch (error) {
        done();
        throw error;
      }
    },
  };
}

function formOf(format: ListFormat): Form {
  if (format === 'stix' || format === 'csv') {
    return { ...exportTypes[format], blocks: false };
  }
  const { fileName, blocks, open } = listFormats[format];
  return { open, type: exportTypes.list.type, fileName, blocks };
}

/** Only indicators are lists of values; a collection of other types gives empty ones. */
function filterOf({ types, kinds, source }: Collection): IntelFilter {
  return {
    type: types.length === 0 || types.includes('indicator') ? 'indicator' : 'none',
    state: 'active',
    ...(kinds.length > 0 && { kinds }),
    ...optional('source', source),
  };
}

/** Numbers objects by the order in which they are met. */
function numbersOf(): (met: object) => number {
  const numbers = new WeakMap<object, number>();
  let count = 0;
  return (met) => {
    const number = numbers.get(met) ?? (count += 1);
    numbers.set(met, number);
    return number;
  };
}
