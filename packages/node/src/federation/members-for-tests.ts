/** Several members in one process, each on a store of its own, for tests of this subject only. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base64Of, hexOf, parseMemberId, parseRowId, parseStixId, utf8Bytes } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { parseOutboxLine, parseToldEvidence } from '@comity/protocol/peer';
import type { OutboxLine } from '@comity/protocol/peer';
import { parseStixObject } from '@comity/protocol/stix';
import { openCheckpoint, planInclusion, planRoot, printCheckpoint, printNote, signText } from '@comity/protocol/tlog';
import type { NoteSigner, VerifierKey } from '@comity/protocol/tlog';
import { createSigner, makeLog, nativeCrypto } from '@comity/testkit';
import { createIntel, intelSchema } from '../intel/index.ts';
import type { Intel, IntelSource } from '../intel/index.ts';
import { openSharing, readStarterLaw, sharingSchema } from '../sharing/index.ts';
import { minimisedSighting } from '../screening/minimised-sighting.ts';
import type { ScreeningMatch } from '../screening/index.ts';
import type { Sharing } from '../sharing/index.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { federationSchema, openFederation } from './index.ts';
import type { Directory, Federation, NamedAct, OwnLedger } from './index.ts';

const day = 86_400_000;

/** A clock all of them see. */
export interface Network {
  nowMs: number;
  /** Changes lines on their way. */
  tamper: ((line: OutboxLine, from: MemberId) => OutboxLine | undefined) | undefined;
  readonly members: Map<MemberId, Member>;
  /** Runs something later. */
  after: (delayMs: number, fn: () => void) => () => void;
}

export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly store: Store;
  readonly intel: Intel;
  readonly sharing: Sharing;
  readonly federation: Federation;
  readonly ledger: MemoryLedger;
  /** Makes another key for messages, which everybody knows of from then on. */
  rotate(): void;
  readonly signer: NoteSigner;
  readonly directory: Directory;
  readonly peers: Set<MemberId>;
  readonly suspended: Set<MemberId>;
  /** Limits a member reached, as they were told. */
  readonly limits: readonly string[];
  /** Acts others' receipts named, as they were told. */
  readonly named: readonly (NamedAct & { readonly member: MemberId })[];
  /** Checkpoints others told of. */
  readonly heard: readonly string[];
  readonly faults: readonly unknown[];
  /** Matches as the screen would have found them. */
  readonly found: { ref: number; atUs: number }[];
  /** Takes objects in as this member's own, and puts out what may go. */
  tell(objects: readonly object[], from?: Partial<IntelSource>): Promise<void>;
  /** Reads everybody's outbox, and sends receipts. @returns Items taken. */
  sync(): Promise<number>;
  screened(): string[];
  stateOf(object: StixId): Promise<{ state: string; reason: string; tlp: Tlp } | undefined>;
}

type MemoryLedger = OwnLedger & { readonly key: VerifierKey; readonly holds: (entry: Uint8Array) => boolean };

export function openNetwork(nowMs = Date.UTC(2026, 5, 1)): Network {
  const after: Network['after'] = (delayMs, fn) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  };
  return { nowMs, tamper: undefined, members: new Map(), after };
}

/** A log that is one array: what the ledger does for real, without a disk. */
function memoryLedger(name: string): MemoryLedger {
  const origin = `${name}.example/ledger/1`;
  const signer = createSigner(origin, 'note', name);
  const entries: Uint8Array[] = [];
  let made: { size: number; log: ReturnType<typeof makeLog> } | undefined;
  const log = () => {
    if (made?.size !== entries.length) made = { size: entries.length, log: makeLog(entries) };
    return made.log;
  };
  return {
    origin: () => origin,
    key: signer.key,
    size: () => entries.length,
    append: (_db, entry) => entries.push(entry) - 1,
    indexOf: (act) => act,
    actAt: (index) => (index < entries.length ? index : undefined),
    entryOf: (act) => entries[act],
    head() {
      const root = log().hashes(planRoot(entries.length))[0]!;
      const text = printCheckpoint({ origin, size: entries.length, root });
      const note = printNote({ text, signatures: signText(text, [signer], 0) });
      return Promise.resolve({ note, size: entries.length });
    },
    inclusion: (index, size) => Promise.resolve(log().hashes(planInclusion(index, size), size).map(base64Of)),
    settled: () => Promise.resolve(),
    holds: (entry) => entries.some((each) => Buffer.compare(each, entry) === 0),
  };
}

/** One member: joined with all that are on the network. */
export async function openMember(
  network: Network,
  name: string,
  cleanup: { after(fn: () => unknown): void },
): Promise<Member> {
  const dir = mkdtempSync(join(tmpdir(), `comity-member-${name}-`));
  const clock = (): number => network.nowMs;
  const schemas = [intelSchema, sharingSchema, federationSchema];
  const store = await openStore({ dir, schemas }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const faults: unknown[] = [];
  const late: { federation: Federation | undefined } = { federation: undefined };
  const sharing = openSharing(store, {
    clock,
    findMarking: (id) => intel.findMarking(id),
    findObject: (id) => intel.findStored(id),
    hopsLeftOf: (object) => late.federation?.hopsLeftOf(object),
    onFault: (_message, error) => void faults.push(error),
  });
  await sharing.laws.activate(readStarterLaw('open'), 'open', { by: 'test', others: [] });
  let rotations = 0;
  let signer = createSigner(name, 'note', `${name} messages`);
  const id = parseMemberId(hexOf(nativeCrypto.sha256(utf8Bytes(name))));
  const found: { ref: number; atUs: number }[] = [];
  const suspended = new Set<MemberId>();
  const limits: string[] = [];
  const heard: string[] = [];
  const named: (NamedAct & { readonly member: MemberId })[] = [];
  const peers = new Set<MemberId>();
  const ledger = memoryLedger(name);
  const directory: Directory = {
    self: () => ({
      id,
      key: base64Of(signer.key.publicKey),
      sign: (message) => signer.sign(message),
      signLater: (message) => Promise.resolve(signer.sign(message)),
    }),
    joined: () => [...peers].filter((peer) => !suspended.has(peer)),
    messageKeysOf: (member) => {
      const known = network.members.get(member);
      return known === undefined ? undefined : [known.signer.key.publicKey];
    },
    isSuspended: (member) => suspended.has(member),
    recipientOf: (member) => {
      const key = `member:${network.members.get(member)?.name ?? 'unknown'}`;
      return sharing.recipients.find(key);
    },
    nameOf: (member) => network.members.get(member)?.name ?? member.slice(0, 8),
  };
  const federation = openFederation(store, {
    clock,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    crypto: nativeCrypto,
    turn: () => setImmediate(),
    verifyLater: (claim) => Promise.resolve(nativeCrypto.verify(claim)),
    directory,
    ledger,
    ledgers: {
      async observe(member, note) {
        const { ledger: of } = network.members.get(member)!;
        const { checkpoint } = openCheckpoint(note, { origin: of.origin(), keys: [of.key] }, [], nativeCrypto);
        return await Promise.resolve(checkpoint);
      },
      seen: () => [],
      hear: (_from, notes) => Promise.resolve(void heard.push(...notes)),
    },
    link: {
      async *readOutbox(member, place, _signal, onBytes) {
        for await (const text of network.members.get(member)!.federation.outbox(id, place)) {
          onBytes(Buffer.byteLength(text));
          const { tamper } = network;
          const passed = tamper === undefined ? undefined : tamper(parseOutboxLine(text.slice(0, -1), 'line'), member);
          if (tamper === undefined) yield text.slice(0, -1);
          else if (passed !== undefined) yield JSON.stringify(passed);
        }
      },
      awaitHint: (member, after) => Promise.resolve(network.members.get(member)!.federation.lastPut(id) > after),
      readEvidence: (member) =>
        Promise.resolve(parseToldEvidence(network.members.get(member)!.federation.toldEvidence(), 'test')),
      sendReceipts: (member, receipts) => network.members.get(member)!.federation.takeReceipts(id, receipts),
    },
    uuid: randomUUID,
    // What was found is for each test to say.
    screening: {
      matchesAfter: (position) =>
        Promise.resolve(
          found.flatMap(({ ref }, at) =>
            at < position ? [] : [{ position: at + 1, match: { ref } as ScreeningMatch }],
          ),
        ),
      minimisedSighting(indicator, refs, sighting) {
        const hits = found.filter(({ ref }) => refs.includes(ref));
        const [first, last] = [hits[0]?.atUs, hits.at(-1)?.atUs];
        if (first === undefined || last === undefined) return undefined;
        return minimisedSighting({ id: sighting, indicator, count: hits.length, firstUs: first, lastUs: last });
      },
    },
    intel,
    sharing,
    after: (delayMs, fn) => network.after(delayMs, fn),
    onReceipt: (_db, member, act) => void named.push({ member, ...act }),
    onLimit: (_db, member, limit) => void limits.push(`${directory.nameOf(member)} ${limit}`),
    onContradiction: (member) => Promise.resolve(void suspended.add(member)),
    onFault: (_message, error) => void faults.push(error),
  });
  late.federation = federation;
  const own: IntelSource = {
    id: parseRowId(`src-${name.padEnd(8, '0')}`),
    name: `${name} itself`,
    kind: 'file',
    reliability: 'A',
    defaultTlp: 'green',
    own: true,
  };
  const member: Member = {
    id,
    name,
    store,
    intel,
    sharing,
    federation,
    ledger,
    rotate() {
      rotations += 1;
      signer = createSigner(name, 'note', `${name} messages ${rotations}`);
    },
    get signer() {
      return signer;
    },
    directory,
    peers,
    suspended,
    limits,
    named,
    heard,
    faults,
    found,
    async tell(objects, from = {}) {
      const run = await intel.openImport({ ...own, ...from }, { format: 'stix', name: 'own' });
      await run.admit(objects.map((each, at) => ({ object: parseStixObject(JSON.stringify(each)), place: `${at}` })));
      await run.finish();
      await federation.publish();
    },
    async sync() {
      let items = 0;
      for (const peer of directory.joined()) {
        items += await federation.pull(peer, AbortSignal.timeout(60_000));
        await federation.sendReceipts(peer, AbortSignal.timeout(60_000));
      }
      await federation.publish();
      return items;
    },
    screened() {
      return [...intel.feed.activeValues().values].map(({ value }) => value.value).toSorted();
    },
    async stateOf(object) {
      const found = await intel.object(object);
      return found === undefined ? undefined : { state: found.state, reason: found.reason, tlp: found.tlp };
    },
  };
  network.members.set(id, member);
  for (const other of network.members.values()) {
    if (other.id !== id) await introduce(member, other);
  }
  cleanup.after(async () => {
    await federation.close();
    await sharing.close();
    await intel.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return member;
}

async function introduce(one: Member, other: Member): Promise<void> {
  for (const [here, there] of [
    [one, other],
    [other, one],
  ] as const) {
    here.peers.add(there.id);
    await here.sharing.recipients.save({
      key: `member:${there.name}`,
      kind: 'member',
      name: there.name,
      sector: '',
      country: '',
      tokenId: undefined,
    });
  }
}

/** Three in a row: nothing goes between the first and the last but by the one in the middle. */
export async function openRow(
  network: Network,
  t: Parameters<typeof openMember>[2],
  names: readonly [string, string, string] = ['a', 'b', 'c'],
): Promise<[Member, Member, Member]> {
  const first = await openMember(network, names[0], t);
  const middle = await openMember(network, names[1], t);
  const last = await openMember(network, names[2], t);
  first.peers.delete(last.id);
  last.peers.delete(first.id);
  return [first, middle, last];
}

export const indicatorId = (number: number): StixId =>
  parseStixId(`indicator--00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`);

/** An indicator of one address: `192.0.2.NUMBER`. */
export function indicator(number: number, tlp: Tlp = 'green', rest: Record<string, unknown> = {}): object {
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: indicatorId(number),
    created: '2026-05-01T00:00:00.000Z',
    modified: '2026-05-01T00:00:00.000Z',
    pattern_type: 'stix',
    pattern: `[ipv4-addr:value = '192.0.2.${number}']`,
    valid_from: '2026-05-01T00:00:00.000Z',
    object_marking_refs: [markingIdOfTlp(tlp)],
    ...rest,
  };
}

export const days = (count: number): number => count * day;
