import { ComityError, parseTimestampUs, timestampOfUs } from '@comity/protocol/base';
import type { LedgerStateView } from '@comity/protocol/api';
import { printVerifierKey } from '@comity/protocol/tlog';
import type { OwnLog, Transparency, WatchedWitness } from '../../ledger/index.ts';
import { assertPublic } from '../assert-public.ts';
import { tooMany } from '../body-reader.ts';
import type { Handlers } from '../handler.ts';
import { instantOfMs, optional } from '../views/instants.ts';

type LedgerRoutes = Pick<
  Handlers,
  | 'showLedger'
  | 'checkLedger'
  | 'getLedgerProof'
  | 'getLedgerEntry'
  | 'getLedgerPolicy'
  | 'addLedgerWitness'
  | 'removeLedgerWitness'
  | 'setLedgerQuorum'
  | 'rotateLedgerKeys'
  | 'retireLedgerKeys'
  | 'restartLedger'
>;

const faultsShown = 100;

export function ledgerRoutes(transparency: Pick<Transparency, 'ledger' | 'witness' | 'monitor'>): LedgerRoutes {
  const { ledger } = transparency;
  let isChecking = false;

  const view = (): LedgerStateView => {
    const { logs, keys, waiting, witnesses, quorum, alarms } = ledger.status();
    return {
      logs: logs.map(logView),
      keys: [...keys],
      witnessKeys: transparency.witness.keys().map(printVerifierKey),
      waiting,
      witnesses: witnesses.map(witnessView),
      quorum,
      alarms: [...alarms, ...transparency.monitor.alarms.list()].map(({ since, ...alarm }) => ({
        ...alarm,
        since: instantOfMs(since),
      })),
    };
  };
  return {
    showLedger: view,
    async checkLedger({ signal }) {
      if (isChecking) throw tooMany();
      isChecking = true;
      try {
        const faults: { path: string; reason: string }[] = [];
        for await (const fault of ledger.check()) {
          faults.push({ ...fault });
          if (faults.length === faultsShown || signal.aborted) break;
        }
        return { entries: ledger.status().logs.reduce((sum, { size }) => sum + size, 0), faults };
      } finally {
        isChecking = false;
      }
    },
    getLedgerProof: async ({ params }) => ({ proof: await ledger.proofFor(params.index) }),
    getLedgerEntry({ params: { index } }) {
      const log = ledger.log();
      const entry = log !== undefined && index < log.size ? ledger.entryOf(log.firstId + index) : undefined;
      if (entry === undefined) throw new ComityError('NOT_FOUND', `Cannot find entry ${index} of the ledger`);
      return { entry: Buffer.from(entry).toString('base64') };
    },
    getLedgerPolicy({ query: { at } }) {
      const policy = ledger.policy(at === undefined ? undefined : parseTimestampUs(at));
      if (policy === undefined)
        throw new ComityError('NOT_FOUND', `Cannot tell a policy of ${at}: the ledger was witnessed by nobody yet`);
      return { policy };
    },
    async addLedgerWitness({ body }) {
      for (const url of [body.url, body.monitoringUrl ?? body.url]) assertPublic(url, body.allowPrivate, 'a witness');
      await ledger.witnesses.add(body);
      return view();
    },
    removeLedgerWitness: async ({ params }) => await ledger.witnesses.remove(params.id),
    async setLedgerQuorum({ body }) {
      await ledger.witnesses.setQuorum(body.quorum);
      return view();
    },
    async rotateLedgerKeys() {
      await ledger.rotateKeys();
      return view();
    },
    async retireLedgerKeys() {
      await ledger.retireKeys();
      return view();
    },
    async restartLedger() {
      await ledger.restart();
      return view();
    },
  };
}

function logView({ number, origin, size, published, frozen }: OwnLog): LedgerStateView['logs'][number] {
  return {
    number,
    origin,
    size,
    ...(published !== undefined && { published: { size: published.size, at: timestampOfUs(published.atUs) } }),
    ...(frozen !== undefined && {
      frozen: { at: timestampOfUs(frozen.atUs), reason: frozen.reason, ...optional('note', frozen.note) },
    }),
  };
}

function witnessView(witness: WatchedWitness): LedgerStateView['witnesses'][number] {
  const { name, url, monitoringUrl, keys, allowPrivate, addedUs, last } = witness;
  return {
    name,
    url,
    monitoringUrl,
    keys: keys.map(printVerifierKey),
    allowPrivate,
    addedAt: timestampOfUs(addedUs),
    ...(last !== undefined && {
      last: {
        at: instantOfMs(last.atMs),
        good: last.isGood,
        reason: last.reason,
        ...optional('size', last.size),
      },
    }),
  };
}
