import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@comity/protocol/base';
import type { AuditBook } from '../audit/index.ts';
import type { Feeds } from '../connectors/index.ts';
import type { Intel } from '../intel/index.ts';
import type { Transparency } from '../ledger/index.ts';
import type { Screening } from '../screening/index.ts';
import type { Members } from '../members/index.ts';
import type { Store } from '../store/index.ts';

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failing';
  /** What was found and, unless it is ok, what to do. */
  readonly message: string;
}

export interface DoctorDeps {
  readonly store: Pick<Store, 'dir' | 'check'>;
  readonly intel: Pick<Intel, 'feed' | 'imports' | 'knownGood'>;
  readonly screening: Pick<Screening, 'sources' | 'table' | 'seenStats'>;
  readonly feeds: Pick<Feeds, 'list'>;
  readonly audit: Pick<AuditBook, 'verify'>;
  readonly members: Pick<Members, 'own' | 'list'>;
  readonly transparency: Pick<Transparency, 'ledger' | 'monitor'>;
  readonly clock: Clock;
  readonly pageDir: string;
  /** Where the node listens; undefined when it was composed for one command only. */
  readonly listensAt: () => string | undefined;
  /** When the certificate of the node is over; undefined: it does not speak TLS. */
  readonly certificateToMs: () => number | undefined;
}

const freeBytesLeast = 1024 ** 3;
const nodeMajorLeast = 24;
/** No build of this program is older: a clock before it is wrong. */
const clockLeastMs = Date.UTC(2026, 0, 1);
/** A feed this many intervals late is failing, whatever it says. */
const lateIntervals = 3;
const certificateLeastMs = 14 * 86_400_000;

/** Everything that commonly goes wrong, checked one after another; the integrity check reads the whole database. */
export async function examine(deps: DoctorDeps): Promise<Check[]> {
  return [
    checkRuntime(),
    checkClock(deps.clock()),
    checkRights(deps.store.dir),
    await checkSpace(deps.store.dir),
    await checkIntegrity(deps.store),
    await checkAudit(deps.audit),
    checkLedger(deps.transparency),
    checkListening(deps.listensAt()),
    ...checkCertificate(deps.certificateToMs(), deps.clock()),
    await checkKnownGood(deps.intel),
    checkTable(deps),
    await checkLastImport(deps.intel),
    ...checkFeeds(deps),
    ...checkSources(deps.screening),
    checkSeen(deps.screening.seenStats()),
    checkPage(deps.pageDir),
    ...checkMembers(deps.members),
  ];
}

/** Nothing to say of a node that is no member. */
function checkMembers(members: DoctorDeps['members']): Check[] {
  if (members.own.find() === undefined) return [];
  const all = members.list();
  const frozen = all.filter(({ evidence }) => evidence !== undefined).map(({ handle }) => handle);
  const asking = all.filter(({ state }) => state === 'asking').length;
  const count = `${all.length} known, ${asking} asking to be joined`;
  if (frozen.length > 0)
    return [
      {
        name: 'members',
        state: 'failing',
        message: `${frozen.join(', ')} said two things at once and stays frozen: speak to its people`,
      },
    ];
  return [
    members.own.holdsRecovery()
      ? {
          name: 'members',
          state: 'warning',
          message: `${count}; the recovery key of this member is on this machine: comity member export-recovery FILE`,
        }
      : { name: 'members', state: 'ok', message: count },
  ];
}

function checkLedger({ ledger, monitor }: DoctorDeps['transparency']): Check {
  const { logs, witnesses, alarms } = ledger.status();
  const [alarm] = [...alarms, ...monitor.alarms.list()];
  const size = logs.reduce((sum, log) => sum + log.size, 0);
  const sound = `${size} entries, ${witnesses.length} witnesses`;
  return alarm === undefined
    ? { name: 'ledger', state: 'ok', message: sound }
    : { name: 'ledger', state: 'failing', message: `${alarm.about}: ${alarm.reason}. See comity ledger` };
}

function checkRuntime(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  const message = `Node ${process.versions.node}`;
  return major >= nodeMajorLeast
    ? { name: 'runtime', state: 'ok', message }
    : { name: 'runtime', state: 'failing', message: `${message}: at least ${nodeMajorLeast} is needed` };
}

function checkClock(nowMs: number): Check {
  const message = new Date(nowMs).toISOString();
  return nowMs >= clockLeastMs
    ? { name: 'clock', state: 'ok', message }
    : {
        name: 'clock',
        state: 'failing',
        message: `${message} lies before this program was made: set the clock, expiry depends on it`,
      };
}

function checkRights(dir: string): Check {
  const name = 'data folder';
  const isOpen = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
  if (isOpen(dir)) {
    return { name, state: 'warning', message: `${dir} can be entered by other users of this machine: chmod 700` };
  }
  const open = readdirSync(dir).find((file) => isOpen(join(dir, file)));
  return open === undefined
    ? { name, state: 'ok', message: dir }
    : { name, state: 'warning', message: `${open} in ${dir} can be opened by other users of this machine: chmod 600` };
}

async function checkSpace(dir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return free >= freeBytesLeast
    ? { name: 'space', state: 'ok', message }
    : { name: 'space', state: 'warning', message: `${message}: make room, below 1 GiB an import may fail` };
}

async function checkIntegrity(store: DoctorDeps['store']): Promise<Check> {
  const faults = await store.check();
  return faults.length === 0
    ? { name: 'database', state: 'ok', message: 'whole' }
    : {
        name: 'database',
        state: 'failing',
        message: `damaged (${faults[0]}): restore the last backup into a new folder`,
      };
}

async function checkAudit(audit: DoctorDeps['audit']): Promise<Check> {
  const name = 'audit trail';
  const { rows, head, fault } = await audit.verify();
  return fault === undefined
    ? { name, state: 'ok', message: `${rows} rows in one chain, the last ${head.slice(0, 16)}…` }
    : {
        name,
        state: 'failing',
        message: `${fault}: somebody wrote to the database past the node; keep a copy of it and compare with an export or a backup`,
      };
}

function checkListening(url: string | undefined): Check {
  return { name: 'address', state: 'ok', message: url ?? 'not running; checked in this process' };
}

function checkCertificate(toMs: number | undefined, nowMs: number): Check[] {
  if (toMs === undefined) return [];
  const name = 'certificate';
  const end = new Date(toMs).toISOString();
  const todo = 'put a new one in its place and send SIGHUP';
  if (nowMs >= toMs) return [{ name, state: 'failing', message: `over since ${end}: ${todo}` }];
  if (nowMs >= toMs - certificateLeastMs) return [{ name, state: 'warning', message: `over on ${end}: ${todo}` }];
  return [{ name, state: 'ok', message: `until ${end}` }];
}

async function checkKnownGood(intel: DoctorDeps['intel']): Promise<Check> {
  const lists = await intel.knownGood.lists();
  const loaded = lists.filter((list) => !list.builtIn).length;
  return loaded > 0
    ? { name: 'known-good gate', state: 'ok', message: `${loaded} lists loaded` }
    : {
        name: 'known-good gate',
        state: 'warning',
        message:
          'only the built-in list: load MISP warninglists with comity known-good import, or feeds may raise alarms on popular sites',
      };
}

function checkTable({ intel, screening, listensAt }: DoctorDeps): Check {
  const newest = intel.feed.sequence();
  if (listensAt() === undefined) return { name: 'table', state: 'ok', message: 'not running; built at the next start' };
  const { values, sequence } = screening.table();
  const message = `${values} values loaded, as of change ${sequence}`;
  return sequence >= newest
    ? { name: 'table', state: 'ok', message }
    : { name: 'table', state: 'warning', message: `${message} of ${newest}: look again in a few seconds` };
}

async function checkLastImport(intel: DoctorDeps['intel']): Promise<Check> {
  const [last] = (await intel.imports({ limit: 1 })).imports;
  if (last === undefined) return { name: 'imports', state: 'ok', message: 'none yet' };
  const unfinished = last.state === 'failed' || last.state === 'interrupted';
  return unfinished
    ? {
        name: 'imports',
        state: 'warning',
        message: `the last one, ${last.name}, ended early: ${last.reason ?? 'import it again'}`,
      }
    : { name: 'imports', state: 'ok', message: `the last one: ${last.name}` };
}

function checkFeeds({ feeds, clock }: DoctorDeps): Check[] {
  const enabled = feeds.list().filter((feed) => feed.enabled);
  if (enabled.length === 0) return [{ name: 'feeds', state: 'ok', message: 'none' }];
  return enabled.map((feed) => {
    const name = `feed ${feed.name}`;
    if (feed.status === 'failing') return { name, state: 'failing', message: feed.lastError ?? 'the last pull failed' };
    const lateMs = clock() - feed.nextPullUs / 1000;
    const isLate = lateMs > lateIntervals * feed.intervalMinutes * 60_000;
    return isLate
      ? { name, state: 'warning', message: 'not pulled for long: does the node run?' }
      : { name, state: 'ok', message: feed.status };
  });
}

function checkSources(screening: DoctorDeps['screening']): Check[] {
  const watched = screening.sources().filter((source) => source.kind !== 'upload');
  if (watched.length === 0) return [{ name: 'sources', state: 'ok', message: 'none' }];
  return watched.map((source) => {
    const name = `source ${source.name}`;
    if (source.status === 'failing') return { name, state: 'failing', message: source.lastError ?? 'cannot be read' };
    if (source.status === 'full') return { name, state: 'warning', message: `its queue is full since ${source.since}` };
    return { name, state: 'ok', message: source.status };
  });
}

function checkSeen(seen: ReturnType<Screening['seenStats']>): Check {
  const name = 'values seen';
  if (seen === undefined) return { name, state: 'ok', message: 'not kept (--keep-seen 0): nothing can be hunted for' };
  const { bytes, runs, damaged, trouble } = seen;
  if (trouble !== undefined) return { name, state: 'warning', message: `${trouble}: hunts miss what is not written` };
  const message = `${(bytes / 1024 ** 2).toFixed(1)} MiB in ${runs} files`;
  return damaged === 0
    ? { name, state: 'ok', message }
    : { name, state: 'warning', message: `${message}, ${damaged} of them damaged: hunts miss what these held` };
}

function checkPage(dir: string): Check {
  return existsSync(join(dir, 'index.html'))
    ? { name: 'page', state: 'ok', message: 'built' }
    : { name: 'page', state: 'warning', message: 'not built: npm run build:web' };
}
