import { setImmediate } from 'node:timers/promises';
import { base64Of, canonicalJson, ComityError, shortMemberId } from '@comity/protocol/base';
import type { Clock, MemberId } from '@comity/protocol/base';
import { hourOf, printEntry } from '@comity/protocol/acts';
import type { AuditAct } from '@comity/protocol/api';
import { monitoringPathOf, printVerifierKey } from '@comity/protocol/tlog';
import type { VerifierKey } from '@comity/protocol/tlog';
import { expectAct, otherLedgers, ownLedger } from './compose-ledgers.ts';
import type { Fetcher } from './connectors/index.ts';
import { createPeerHandlers, createPeerLink, openFederation, receiptsBytesMax } from './federation/index.ts';
import type { Directory, Federation, FederationIntel, OtherLedgers, Reply } from './federation/index.ts';
import { createNativeCrypto } from './keys/index.ts';
import { openTransparency } from './ledger/index.ts';
import type { Transparency } from './ledger/index.ts';
import { openMembers } from './members/index.ts';
import type { Members, PeerCall, PeerRoute } from './members/index.ts';
import type { Screening } from './screening/index.ts';
import type { Sharing } from './sharing/index.ts';
import type { Connection, Seal, Store } from './store/index.ts';

export interface FederationPartsDeps {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly after: (delayMs: number, fn: () => void) => () => void;
  readonly exchange: Fetcher['exchange'];
  readonly sharing: Sharing;
  readonly intel: FederationIntel;
  readonly screening: Screening;
  /** Where others reach this node: scheme, host and port. */
  readonly publicUrl: () => string;
  readonly note: (
    db: Connection,
    entry: { readonly act: AuditAct; readonly about: string; readonly details?: Readonly<Record<string, string>> },
  ) => void;
  readonly onFault: (message: string, error: unknown) => void;
}

/** What a node is among others: its ledger, the members, what goes between them. */
export interface FederationParts {
  readonly transparency: Transparency;
  readonly members: Members;
  readonly federation: Federation;
  readonly ledgers: OtherLedgers;
  /** All that other members' nodes can ask. */
  readonly peerRoutes: readonly PeerRoute[];
  readonly nameOfMember: (member: MemberId) => string;
  /** Members that are exchanged with. */
  readonly joined: () => readonly MemberId[];
  /** Makes who the members are now, and what their ledgers showed, true of witnesses and of what they lent. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Builds what a node is among others, and introduces the parts to each other. Part of the one place that builds things. */
export function composeFederation(deps: FederationPartsDeps): FederationParts {
  const { store, seal, clock, randomBytes, sharing } = deps;
  const crypto = createNativeCrypto();

  const transparency = openTransparency({
    store,
    seal,
    randomBytes,
    clock,
    timers: { after: deps.after },
    async ask({ url, body, ...options }) {
      const asked = body === undefined ? ({ method: 'GET' } as const) : ({ method: 'POST', body } as const);
      const signal = AbortSignal.timeout(options.timeoutMs);
      const answer = await deps.exchange(url, { ...asked, headers: {}, signal, allowPrivate: options.allowPrivate });
      return { status: answer.status, body: answer.bytes };
    },
    findLog: (origin) => findLog(origin),
    findOwner: (owner) => findOwner(owner as MemberId),
    onFault: (error) => deps.onFault('Cannot go on with the ledger', error),
  });

  const members = openMembers({
    store,
    clock,
    randomBytes,
    seal,
    crypto,
    facts: () => ({ url: deps.publicUrl(), ...factsOf(transparency, deps.publicUrl()) }),
    ask: deps.exchange,
    recipients: {
      isTaken: (handle) => sharing.recipients.find(`member:${handle}`) !== undefined,
      keep: async ({ handle, ...told }) => {
        const key = `member:${handle}`;
        await sharing.recipients.save({ key, kind: 'member', tokenId: sharing.recipients.find(key)?.tokenId, ...told });
      },
    },
    record: (db, { body: { sequence }, hash }) => {
      const head = { v: 1, at: hourOf(clock() * 1000), salt: base64Of(randomBytes(16)) } as const;
      const content = { sequence, digest: hash };
      transparency.ledger.append(db, printEntry({ ...head, form: 'open', type: 'descriptor', content }));
    },
    note: deps.note,
    onFault: deps.onFault,
  });

  /** A log of a member, with all that others show of it. */
  function findLog(origin: string) {
    const log = members.logOf(origin);
    if (log === undefined) return undefined;
    const { url, allowPrivate, keys, formerKeys } = log;
    const path = monitoringPathOf(origin, crypto.sha256);
    // Nobody is the witness of their own log.
    const witnesses = members.witnesses().filter(({ member }) => member !== log.member);
    return {
      keys,
      formerKeys,
      witnessKeys: witnesses.flatMap((witness) => witness.keys),
      url,
      allowPrivate,
      elsewhere: [
        { url: `${url}/checkpoint`, allowPrivate },
        ...witnesses.map((witness) => ({
          url: `${witness.monitoringUrl}/${path}`,
          allowPrivate: witness.allowPrivate,
        })),
      ],
    };
  }

  /** A member as somebody whose ledger is to hold what it signed for. */
  function findOwner(member: MemberId) {
    if (members.find(member) === undefined) return undefined;
    const origin = members.logs().find((log) => log.member === member)?.origin;
    return { name: nameOfMember(member), origin };
  }

  const nameOfMember = (member: MemberId): string =>
    members.find(member)?.descriptor.body.name ?? shortMemberId(member);
  const joined = (): MemberId[] =>
    members
      .list()
      .filter(({ state, evidence }) => state === 'joined' && evidence === undefined)
      .map(({ id }) => id);

  const directory: Directory = {
    self() {
      const own = members.own.find();
      if (own === undefined) return undefined;
      const [key] = own.body.keys.message as [string];
      let signer: ReturnType<typeof members.own.signer> | undefined;
      const now = () => (signer ??= members.own.signer());
      return {
        id: own.member,
        key,
        sign: (message) => now().sign(message),
        signLater: (message) => now().signLater(message),
      };
    },
    joined,
    messageKeysOf: (member) => members.messageKeysOf(member),
    isSuspended(member) {
      const known = members.find(member);
      return known !== undefined && (known.state === 'suspended' || known.evidence !== undefined);
    },
    recipientOf(member) {
      const known = members.find(member);
      return known === undefined ? undefined : sharing.recipients.find(`member:${known.handle}`);
    },
    nameOf: nameOfMember,
  };

  const ledgers = otherLedgers(transparency, {
    logOf: (origin) => members.logOf(origin),
    nameOf: nameOfMember,
    crypto,
    onFault: deps.onFault,
  });
  const federation = openFederation(store, {
    verifyLater: crypto.verifyLater,
    turn: () => setImmediate(),
    clock,
    uuid: deps.uuid,
    randomBytes,
    crypto,
    directory,
    ledger: ownLedger(transparency),
    ledgers,
    link: createPeerLink(async (member, question) => {
      const known = members.find(member);
      if (known === undefined)
        throw new ComityError('NOT_FOUND', `Cannot ask ${shortMemberId(member)}: nobody here knows it`);
      return await members.link.ask(known, question);
    }),
    intel: deps.intel,
    screening: deps.screening,
    sharing,
    after: deps.after,
    async onContradiction(member) {
      const known = members.find(member);
      if (known?.state !== 'joined') return;
      await members.suspend(known.handle, true);
      const { name } = known.descriptor.body;
      deps.onFault(
        `The member ${known.handle} said two things of one object: it is suspended, speak to its people`,
        undefined,
      );
      await store.write((db) => deps.note(db, { act: 'member.contradicted', about: member, details: { name } }));
    },
    onReceipt: expectAct(transparency, { clock, crypto }),
    onLimit: (db, member, limit) =>
      deps.note(db, { act: 'peer.limit', about: member, details: { name: nameOfMember(member), limit } }),
    onFault: deps.onFault,
  });

  const handlers = createPeerHandlers(federation, { after: deps.after });
  const from = (call: PeerCall): MemberId => call.member!.id;
  const route = (
    method: PeerRoute['method'],
    path: string,
    handle: (call: PeerCall) => Promise<Reply>,
    rest: Partial<PeerRoute> = {},
  ): PeerRoute => ({ method, path: `/peer/v1/${path}`, bodyBytesMax: 0, from: 'joined', handle, ...rest });
  const peerRoutes: readonly PeerRoute[] = [
    ...members.peerRoutes,
    route('GET', 'outbox', (call) => handlers.outbox(from(call), call.query)),
    route('GET', 'hint', (call) => handlers.hint(from(call), call.query, call.signal), { waits: true }),
    route('GET', 'evidence', () => handlers.evidence()),
    route('POST', 'receipts', (call) => handlers.receipts(from(call), call.request.body), {
      bodyBytesMax: receiptsBytesMax,
    }),
  ];

  /**
   * A ledger with two stories is its member's contradiction: nothing it lent is used until people have decided. In a transaction of its own,
   * since the ledger knows no members; what was found and not yet told is told at the next start.
   */
  async function settleEvidence(): Promise<void> {
    for (const found of transparency.monitor.evidence()) {
      const member = members.logOf(found.origin)?.member;
      const known = member === undefined ? undefined : members.find(member);
      if (known === undefined) continue;
      const { id, handle } = known;
      const text = canonicalJson({ origin: found.origin, size: found.size, notes: [...found.notes] });
      await federation.keepEvidence(
        { member: id, kind: 'split-ledger', text },
        async () => {
          if (known.state === 'joined') await members.suspend(handle, true);
          deps.onFault(
            `The ledger of the member ${handle} told two stories: it is suspended, speak to its people`,
            undefined,
          );
        },
        (db) => deps.note(db, { act: 'member.split-ledger', about: id, details: { handle, ledger: found.origin } }),
      );
    }
  }

  /** Where members are many, a charter says who; until then everybody joined witnesses everybody, and nobody else but whom a person named. */
  async function settleWitnesses(): Promise<void> {
    const book = transparency.ledger.witnesses;
    const wanted = new Map(members.witnesses().map((witness) => [shortMemberId(witness.member), witness]));
    for (const { name, isOfMember } of book.list()) if (isOfMember && !wanted.has(name)) await book.remove(name);
    const textsOf = (keys: readonly VerifierKey[]): string[] => keys.map(printVerifierKey);
    for (const [name, { url, monitoringUrl, keys, allowPrivate }] of wanted) {
      const texts = textsOf(keys);
      const isNamed = book
        .list()
        .some(
          (each) => !each.isOfMember && (each.name === name || textsOf(each.keys).some((text) => texts.includes(text))),
        );
      const known = book.list().find((each) => each.name === name);
      const isSame =
        known !== undefined &&
        known.url === url &&
        textsOf(known.keys).join(' ') === texts.join(' ') &&
        known.allowPrivate === allowPrivate;
      if (!isNamed && !isSame)
        await book.add({ name, url, monitoringUrl, keys: texts, allowPrivate, isOfMember: true });
    }
  }

  /** Of each member, whether what it lends is out of use, once that was seen to since the start: what was on its way is gone on with. */
  const out = new Map<MemberId, boolean>();
  const begun = new Set(federation.suspended());
  let settling: Promise<void> = Promise.resolve();
  function settle(): Promise<void> {
    settling = settling
      .catch(() => undefined)
      .then(async () => {
        await settleEvidence();
        for (const { id } of members.list()) {
          const isSuspended = directory.isSuspended(id);
          const before = out.get(id);
          out.set(id, isSuspended);
          if (before === isSuspended || (before === undefined && !isSuspended && !begun.has(id))) continue;
          await federation.suspend(id, isSuspended);
        }
        // Behind what is urgent: a set of witnesses that cannot be had keeps nothing in use.
        await settleWitnesses();
      });
    return settling;
  }
  const stopHearing = transparency.monitor.alarms.onChange(() => {
    settle().catch((error: unknown) => deps.onFault('Cannot make true what a ledger showed', error));
  });

  return {
    transparency,
    members,
    federation,
    ledgers,
    peerRoutes,
    nameOfMember,
    joined,
    settle,
    close: async () => {
      stopHearing();
      await settling.catch(() => undefined);
      await federation.close();
      await transparency.close();
    },
  };
}

/** What a member says of its ledger and of its part in those of others, with whoever signs for their keys. */
function factsOf(transparency: Transparency, url: string) {
  const { ledger, witness } = transparency;
  const log = ledger.log();
  const keys = log === undefined ? [] : ledger.status().keys;
  const witnessKeys = witness.keys().map(printVerifierKey);
  return {
    ...(log !== undefined &&
      keys.length > 0 && { ledger: { origin: log.origin, url: `${url}/ledger/${log.number}`, keys: [...keys] } }),
    ...(witnessKeys.length > 0 && {
      witness: { url: `${url}/witness`, monitoringUrl: `${url}/witness`, keys: witnessKeys },
    }),
    signers: transparency.signers().map(({ key, sign }) => ({ publicKey: key.publicKey, sign })),
  };
}
