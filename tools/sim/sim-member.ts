import { base64Of, ComityError, hexOf, parseMemberId, parseRowId, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { monitoringPathOf, printVerifierKey } from '@comity/protocol/tlog';
import type { NoteSigner, VerifierKey } from '@comity/protocol/tlog';
import { parseToldEvidence } from '@comity/protocol/peer';
import { parseStixObject } from '@comity/protocol/stix';
import { MemoryDisk } from '@comity/testkit';
import { expectAct, otherLedgers, ownLedger } from '../../packages/node/src/compose-ledgers.ts';
import { federationSchema, openFederation } from '../../packages/node/src/federation/index.ts';
import type {
  Directory,
  Federation,
  OutboxPlace,
  OwnLedger,
  PeerLink,
} from '../../packages/node/src/federation/index.ts';
import type { IntelSource } from '../../packages/node/src/intel/index.ts';
import type { Ask } from '../../packages/node/src/ledger/ask.ts';
import { ledgerSchema } from '../../packages/node/src/ledger/index.ts';
import type { KeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import type { Ledger } from '../../packages/node/src/ledger/ledger.ts';
import type { Monitor } from '../../packages/node/src/ledger/monitor/monitor.ts';
import { openMonitor } from '../../packages/node/src/ledger/monitor/open-monitor.ts';
import { openLedger } from '../../packages/node/src/ledger/open-ledger.ts';
import { openWitness } from '../../packages/node/src/ledger/witness/open-witness.ts';
import type { OwnWitness } from '../../packages/node/src/ledger/witness/open-witness.ts';
import { openMemoryStore } from '../../packages/node/src/store/memory-store-for-tests.ts';
import type { MemoryStore } from '../../packages/node/src/store/memory-store-for-tests.ts';
import type { Store } from '../../packages/node/src/store/index.ts';
import { LightIntel } from './light-intel.ts';
import { openLightSharing } from './light-sharing.ts';
import { createKeyBox } from './key-box.ts';
import { forkedAnswer, lentIn, withheld } from './lies.ts';
import type { Kept } from './lies.ts';
import { mortalDisk, mortalStore } from './mortal.ts';
import type { Life } from './mortal.ts';
import { seededBytes, seededUuids } from './seeded.ts';
import type { Host } from './sim-network.ts';
import type { MemberImage, PlantedFaults, SimWorld } from './sim-world.ts';
import { toldScreening } from './told-screening.ts';

const schemas = [ledgerSchema, federationSchema];
/** Migrated once: a thousand simulations begin with a copy. */
const emptyImage = openMemoryStore(schemas, { clock: () => 0 }).image();

interface Parts {
  readonly life: Life;
  readonly federation: Federation;
  readonly ledger: Ledger;
  readonly own: OwnLedger;
  readonly witness: OwnWitness;
  readonly monitor: Monitor;
  readonly store: Pick<Store, 'reader' | 'write'>;
}

/** A member of a simulated federation: the real exchange, ledger, witness and monitor, on a store and a disk in memory. */
export class SimMember implements Host {
  readonly number: number;
  readonly id: MemberId;
  readonly host: string;
  readonly signer: NoteSigner;
  readonly keyBox: KeyRing;
  readonly faults: PlantedFaults;
  /** Its clock is this much ahead of time, ms. */
  skewMs = 0;
  run = 0;
  isUp = false;
  slowMs = 0;
  /** Members it exchanges with. */
  readonly peers = new Set<SimMember>();
  suspended = new Set<MemberId>();
  intel: LightIntel;
  store: MemoryStore;
  disk = new MemoryDisk();
  /** Members a liar shows another tree of its ledger. */
  readonly showsFork = new Set<MemberId>();
  /** Members a liar signs for acts it does not write down. */
  readonly withholdsFrom = new Set<MemberId>();
  /** What it was lent; kept of a liar alone. */
  readonly kept: Kept[] = [];
  keepsAll = false;
  /** Bytes of answers it gave. */
  bytesSent = 0;
  readonly found: { ref: number; atUs: number }[] = [];
  readonly #world: SimWorld;
  readonly #bytes: (count: number) => Uint8Array;
  #parts: Parts | undefined;

  constructor(number: number, world: SimWorld, faults: PlantedFaults = {}) {
    this.#world = world;
    this.number = number;
    this.host = `m${number}.example`;
    this.id = parseMemberId(hexOf(world.keys.crypto.sha256(utf8Bytes(this.host))));
    this.#bytes = seededBytes(this.host);
    this.signer = world.keys.signerOf(this.host, 'note', 'messages');
    this.keyBox = createKeyBox(world.keys, world.kinds, 'ledger');
    this.faults = faults;
    this.store = openMemoryStore(schemas, { clock: this.clock, image: emptyImage });
    this.intel = new LightIntel(this.nowUs, () => false, faults);
  }

  readonly clock = (): number => this.#world.time.ms + this.skewMs;
  readonly randomBytes = (count: number): Uint8Array => this.#bytes(count);
  readonly nowUs = (): number => this.clock() * 1000;

  /** Its parts while it runs. */
  get parts(): Parts {
    if (this.#parts === undefined) throw new Error('Assertion failed: the member runs');
    return this.#parts;
  }

  get origin(): string {
    return `${this.host}/ledger/1`;
  }

  /** Starts on what its store and disk hold. */
  async start(): Promise<void> {
    if (this.isUp) return;
    this.run += 1;
    this.isUp = true;
    const life: Life = { isAlive: true, writesLeft: undefined, keepsLast: true };
    this.intel = new LightIntel(this.nowUs, () => life.isAlive, this.faults, this.intel.image());
    this.#parts = this.#open(life);
    const { witness, ledger } = this.#parts;
    await witness.start(`${this.host}/witness`);
    await ledger.start();
  }

  /** Stops after so many further writes, of which the last is kept or lost. 0: at once. */
  stopAfter(writes: number, keepsLast: boolean): void {
    if (!this.isUp) return;
    const { life } = this.parts;
    life.writesLeft = writes;
    life.keepsLast = keepsLast;
    if (writes === 0) this.#stop(life);
  }

  /** Calls off a stop that was to come. */
  stopAfterNothing(): void {
    if (this.isUp) this.parts.life.writesLeft = undefined;
  }

  image(): MemberImage {
    const disk = new Map(this.disk.files);
    return { store: this.store.image(), disk, intel: this.intel.image(), suspended: new Set(this.suspended) };
  }

  /** Goes back to a copy of everything it had. */
  restore(image: MemberImage): void {
    if (this.isUp) this.#stop(this.parts.life);
    // The old one is not closed: what stopped may still be looking at it.
    this.store = openMemoryStore(schemas, { clock: this.clock, image: image.store });
    this.disk = new MemoryDisk();
    for (const [path, bytes] of image.disk) this.disk.files.set(path, bytes);
    this.intel = new LightIntel(this.nowUs, () => false, this.faults, image.intel);
    this.suspended = new Set(image.suspended);
  }

  close(): void {
    if (this.isUp) this.#stop(this.parts.life);
  }

  #stop(life: Life): void {
    if (!life.isAlive) return;
    life.isAlive = false;
    this.isUp = false;
    this.run += 1;
  }

  /** Takes an object in as its own, and puts out what may go. */
  async tell(texts: readonly string[]): Promise<void> {
    const run = await this.intel.openImport(this.#ownSource());
    await run.admit(texts.map((text, at) => ({ object: parseStixObject(text), place: `${at}` })));
    await this.parts.federation.publish();
  }

  #ownSource(): IntelSource {
    const name = `${this.host} itself`;
    return { id: parseRowId('src-ownobjects'), name, kind: 'file', reliability: 'A', defaultTlp: 'green', own: true };
  }

  #open(life: Life): Parts {
    const { time, keys, observer } = this.#world;
    const crypto = this.faults.believesAll === true ? { ...keys.crypto, verify: () => true } : keys.crypto;
    const store = mortalStore(this.store, life, () => this.#stop(life)) as Store;
    const after = (delayMs: number, fn: () => void) => time.after(delayMs, () => void (life.isAlive && fn()));
    const onFault = (error: unknown): void => observer.fault(this, 'the ledger', error);
    const shared = {
      store,
      keys: this.keyBox,
      crypto: keys.crypto,
      ask: this.#ask,
      clock: this.clock,
      timers: { after },
      onFault,
    };
    const ledger = openLedger(
      { origin: () => this.origin, tilesMax: 64 },
      { ...shared, disk: mortalDisk(this.disk, life, () => this.#stop(life)) },
    );
    const findLog = (origin: string) => this.#findLog(origin);
    const monitor = openMonitor({}, { ...shared, findLog, findOwner: (owner) => this.#findOwner(owner) });
    const witness = openWitness({
      ...shared,
      findLog,
      onSigned: (note) => void monitor.observe(note).catch(onFault),
    });
    const own = ownLedger({ ledger });
    const late: { federation?: Federation } = {};
    const federation = openFederation(store, {
      clock: this.clock,
      uuid: seededUuids(`${this.host} ${this.run} uuids`),
      randomBytes: this.randomBytes,
      crypto,
      turn: () => Promise.resolve(),
      verifyLater: (claim) => Promise.resolve(crypto.verify(claim)),
      directory: this.#directory(),
      ledger: own,
      ledgers: otherLedgers(
        { monitor },
        {
          logOf: (origin) => this.#logOf(origin),
          nameOf: (member) => member,
          crypto: keys.crypto,
          onFault: (message, error) => observer.fault(this, message, error),
        },
      ),
      link: this.#link(),
      screening: toldScreening(this.found),
      intel: this.intel,
      sharing: openLightSharing({ clock: this.clock, hopsLeftOf: (object) => late.federation?.hopsLeftOf(object) }),
      after,
      // Whom people suspend is for the world to say.
      onContradiction: () => Promise.resolve(),
      onReceipt:
        this.faults.looksForNoActs === true
          ? () => undefined
          : expectAct({ monitor }, { clock: this.clock, crypto: keys.crypto }),
      onLimit: () => undefined,
      onFault: (message, error) => observer.fault(this, message, error),
    });
    late.federation = federation;
    return { life, federation, ledger, own, witness, monitor, store };
  }

  #directory(): Directory {
    const find = (id: MemberId) => this.#world.members.find((each) => each.id === id);
    return {
      self: () => ({
        id: this.id,
        key: base64Of(this.signer.key.publicKey),
        sign: (message) => this.sign(message),
        signLater: (message) => Promise.resolve(this.sign(message)),
      }),
      joined: () => [...this.peers].map(({ id }) => id).filter((id) => !this.suspended.has(id)),
      messageKeysOf: (id) => {
        const known = find(id);
        return known === undefined ? undefined : [known.signer.key.publicKey];
      },
      isSuspended: (id) => this.suspended.has(id),
      recipientOf: (id) => {
        const name = find(id)?.host ?? 'unknown';
        return { key: `member:${name}`, kind: 'member', name, sector: '', country: '', groups: [], tokenId: undefined };
      },
      nameOf: (id) => find(id)?.host ?? id,
    };
  }

  /** What another member answers this one who asks for its outbox. */
  async #readOutbox(other: SimMember, place: OutboxPlace): Promise<readonly string[]> {
    const { network, observer } = this.#world;
    const lines = await network.ask(this, other, async () => {
      other.assertKnown(this);
      const told = await Array.fromAsync(other.parts.federation.outbox(this.id, place));
      const all = other.showsFork.has(this.id) ? forkedAnswer(told, other) : told;
      for (const line of all) other.bytesSent += line.length;
      return all;
    });
    const arrived = lines.slice(0, network.cutAfter(lines.length));
    observer.delivered(this, other, arrived);
    if (this.keepsAll) this.kept.push(...lentIn(arrived));
    return arrived;
  }

  #link(): PeerLink {
    const peer = (id: MemberId): SimMember => this.#world.members.find((each) => each.id === id)!;
    const readOutbox = async (id: MemberId, place: OutboxPlace) => await this.#readOutbox(peer(id), place);
    return {
      async *readOutbox(id, place, _signal, onBytes) {
        const lines = await readOutbox(id, place);
        onBytes(lines.reduce((sum, line) => sum + line.length, 0));
        for (const line of lines) yield line.slice(0, -1);
      },
      awaitHint: async (id, after) => peer(id).parts.federation.lastPut(this.id) > after,
      readEvidence: (id) =>
        this.#world.network.ask(this, peer(id), async () => {
          peer(id).assertKnown(this);
          const told = await Promise.resolve(peer(id).parts.federation.toldEvidence());
          return this.faults.hearsNoEvidence === true ? [] : parseToldEvidence(told, 'evidence');
        }),
      sendReceipts: async (id, receipts) => {
        const other = peer(id);
        const sent = this.withholdsFrom.has(id) ? receipts.map((each) => withheld(each, this)) : receipts;
        await this.#world.network.ask(this, other, async () => {
          other.assertKnown(this);
          await other.parts.federation.takeReceipts(this.id, sent);
        });
      },
    };
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return this.#world.keys.crypto.sha256(bytes);
  }

  /** With its message key; statements are its word from then on. */
  sign(message: Uint8Array): Uint8Array {
    this.#world.observer.signed(this, message);
    return this.signer.sign(message);
  }

  /** @throws {ComityError} What a node answers whom it does not exchange with. */
  assertKnown(other: SimMember): void {
    if (this.peers.has(other) && !this.suspended.has(other.id)) return;
    throw new ComityError('REMOTE_FAILED', `Cannot ask ${this.host}: it does not know ${other.host}`);
  }

  #logOf(origin: string): { readonly member: MemberId; readonly keys: readonly VerifierKey[] } | undefined {
    const owner = this.#ownerOf(origin);
    return owner === undefined ? undefined : { member: owner.id, keys: owner.keyBox.everyKey(origin) };
  }

  #ownerOf(origin: string): SimMember | undefined {
    return this.#world.members.find(({ host }) => origin.startsWith(`${host}/ledger/`));
  }

  #findLog(origin: string) {
    const owner = this.#ownerOf(origin);
    if (owner === undefined) return undefined;
    const url = `https://${origin}`;
    const path = monitoringPathOf(origin, this.#world.keys.crypto.sha256);
    const witnesses = this.#world.members.filter((each) => owner.peers.has(each));
    return {
      keys: owner.keyBox.everyKey(origin),
      formerKeys: [],
      witnessKeys: witnesses.flatMap((each) => each.keyBox.keys(`${each.host}/witness`)),
      url,
      allowPrivate: true,
      elsewhere: [
        { url: `${url}/checkpoint`, allowPrivate: true },
        ...witnesses.map(({ host }) => ({ url: `https://${host}/witness/${path}`, allowPrivate: true })),
      ],
    };
  }

  #findOwner(owner: string) {
    const found = this.#world.members.find(({ id }) => id === owner);
    return found === undefined ? undefined : { name: found.host, origin: found.parts.ledger.log()?.origin };
  }

  /** Tells its ledger who witnesses it. */
  async introduce(witnesses: readonly SimMember[]): Promise<void> {
    for (const { host, keyBox } of witnesses) {
      const keys = keyBox.keys(`${host}/witness`).map(printVerifierKey);
      await this.parts.ledger.witnesses.add({ name: host, url: `https://${host}/witness`, keys, allowPrivate: true });
    }
  }

  readonly #ask: Ask = async ({ url, body }) => {
    const { network, members, observer } = this.#world;
    const { hostname, pathname } = new URL(url);
    if (this.faults.forgetsTrees === true && body === undefined) return { status: 404, body: new Uint8Array(0) };
    const other = members.find(({ host }) => host === hostname)!;
    return await network.ask(this, other, async () => {
      const [, room = '', ...rest] = pathname.split('/');
      if (room === 'ledger') {
        const found = await other.disk.read(rest.join('/'));
        return { status: found === undefined ? 404 : 200, body: found ?? new Uint8Array(0) };
      }
      if (other.faults.forgetsTrees === true) other.store.reader.exec('delete from ledger_witnessed');
      const method = body === undefined ? 'GET' : 'POST';
      const path = `/${rest.join('/')}`;
      const answer = await other.parts.witness.answer({ method, path, body: utf8Bytes(body ?? '') });
      if (answer.status === 200 && body !== undefined) observer.cosigned(other, body);
      return { status: answer.status, body: utf8Bytes(answer.body) };
    });
  };
}
