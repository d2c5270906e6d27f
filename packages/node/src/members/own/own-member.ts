import { base64Of, canonicalJson, ComityError, timestampOfUs } from '@comity/protocol/base';
import type { Clock, JsonValue, MemberId } from '@comity/protocol/base';
import {
  governanceKey,
  keyIdOf,
  printMessageKeyName,
  signDescriptor,
  verifyDescriptorChain,
  verifyNextDescriptor,
} from '@comity/protocol/members';
import type { Descriptor, DescriptorBody, KeyId } from '@comity/protocol/members';
import type { Connection, Store } from '../../store/index.ts';
import type { ChainBook } from '../chain-book.ts';
import type { MemberProfile, MemberProfileChange, MembersDeps, OwnMember } from '../members.ts';
import { OwnKeys } from './own-keys.ts';
import type { OwnKey } from './own-keys.ts';

const dayUs = 86_400_000_000;
/** How long a descriptor is valid, and how long before its end the next one is made: whoever is away for months stays believed. */
const lifetimeUs = 365 * dayUs;
const renewBeforeUs = 180 * dayUs;

type OwnDeps = Pick<MembersDeps, 'clock' | 'randomBytes' | 'seal' | 'crypto' | 'facts' | 'record'>;
/** What of a body its order in a chain and its times do not decide. */
type Said = Omit<DescriptorBody, 'member' | 'sequence' | 'previous' | 'issuedAt' | 'expiresAt'>;

/** Opens this member on a store whose schemas include `membersSchema`. */
export function openOwnMember(store: Pick<Store, 'reader' | 'write'>, chains: ChainBook, deps: OwnDeps): OwnMember {
  const { crypto, clock, facts } = deps;
  const keys = new OwnKeys(store, deps);
  let id: MemberId | undefined;

  const findId = (): MemberId | undefined =>
    (id ??= store.reader.prepare<{ member: MemberId }>('select member from members_own').get()?.member);
  const find = (): Descriptor | undefined => {
    const member = findId();
    return member === undefined ? undefined : chains.current(member);
  };
  const get = (): Descriptor => {
    const current = find();
    if (current !== undefined) return current;
    throw new ComityError('CONFLICT', 'Cannot speak as a member: this node is none yet', {
      details: { hint: 'comity member init --name NAME makes it one' },
    });
  };

  /** Signs, verifies as others will, and keeps: a descriptor others would refuse would end this member for good. */
  async function issue(
    former: Descriptor,
    said: Said,
    governance: readonly OwnKey[],
    andKeep: (db: Connection) => void = () => undefined,
  ): Promise<Descriptor> {
    const next: DescriptorBody = {
      ...said,
      member: former.member,
      sequence: former.body.sequence + 1,
      previous: former.hash,
      ...timesFrom(Math.max(nowUs(clock), Date.parse(former.body.issuedAt) * 1000)),
    };
    const signers = [...governance, ...messageKeys(said), ...facts().signers];
    const descriptor = signDescriptor(next, signers, crypto.sha256);
    verifyNextDescriptor(former, descriptor, crypto);
    await store.write((db) => {
      // Once this is written the descriptor may be seen. Two of one sequence would be evidence against us.
      if (chains.newestHash(db, former.member) !== former.hash)
        throw new ComityError('CONFLICT', 'Cannot change this member: it was changed in the meantime');
      andKeep(db);
      chains.append(db, [descriptor]);
      deps.record(db, descriptor);
    });
    return descriptor;
  }

  const madeHere = new Map<KeyId, OwnKey>();
  const messageKeys = (said: Said): OwnKey[] =>
    said.keys.message.map((base64) => {
      const keyId = keyIdOf(Buffer.from(base64, 'base64'), crypto.sha256);
      return madeHere.get(keyId) ?? keys.get(keyId);
    });

  return {
    find,
    get,
    page(from) {
      const member = findId();
      return member === undefined ? [] : chains.page(member, from);
    },
    chain() {
      const member = findId();
      return member === undefined ? undefined : chains.chain(member);
    },
    async init(profile) {
      if (find() !== undefined) throw new ComityError('CONFLICT', 'Cannot make this node a member: it is one');
      const [governance, next, message] = [keys.make(), keys.make(), keys.make()];
      const ofKeys = {
        governance: base64Of(governance.publicKey),
        nextGovernance: next.id,
        message: [base64Of(message.publicKey)],
      };
      const said = saidOf(profile, ofKeys, facts());
      const body = { ...said, sequence: 0, ...timesFrom(nowUs(clock)) };
      const descriptor = signDescriptor(body, [governance, message, ...facts().signers], crypto.sha256);
      verifyDescriptorChain([descriptor], crypto);
      await store.write((db) => {
        const { changes } = db
          .prepare('insert into members_own values (1, ?) on conflict do nothing')
          .run(descriptor.member);
        if (changes === 0) throw new ComityError('CONFLICT', 'Cannot make this node a member: it is one');
        keys.keep(db, 'governance', governance);
        keys.keep(db, 'governance', next);
        keys.keep(db, 'message', message);
        chains.append(db, [descriptor]);
        deps.record(db, descriptor);
      });
      return descriptor;
    },
    async change(change) {
      const former = get();
      const profile = { ...profileOf(former), ...defined(change) };
      return await issue(former, saidOf(profile, former.body.keys, facts()), [keys.get(governanceKey(former).id)]);
    },
    async rotate(recovery) {
      const former = get();
      const announced = former.body.keys.nextGovernance;
      const governance = recovery === undefined ? keys.find(announced) : keys.ofSeed(recovery);
      if (governance === undefined)
        throw new ComityError('CONFLICT', 'Cannot rotate: the announced key was taken out of this node', {
          details: { hint: 'comity member rotate --recovery FILE, with the file it was taken out to' },
        });
      if (governance.id !== announced)
        throw new ComityError('ARGUMENT_INVALID', 'Cannot rotate: that is not the key this member announced');
      const old = keys.find(governanceKey(former).id);
      const [next, message] = [keys.make(), keys.make()];
      madeHere.set(message.id, message);
      const ofKeys = {
        ...former.body.keys,
        governance: base64Of(governance.publicKey),
        nextGovernance: next.id,
        message: [base64Of(message.publicKey)],
      };
      try {
        const signers = old === undefined ? [governance] : [governance, old];
        const descriptor = await issue(former, saidOf(profileOf(former), ofKeys, facts()), signers, (db) => {
          keys.keep(db, 'governance', governance);
          keys.keep(db, 'governance', next);
          keys.keep(db, 'message', message);
        });
        return { descriptor, step: old === undefined ? 'recovery' : 'rotation' };
      } finally {
        madeHere.delete(message.id);
      }
    },
    holdsRecovery: () => keys.has(get().body.keys.nextGovernance),
    recovery() {
      const key = keys.find(get().body.keys.nextGovernance);
      if (key === undefined)
        throw new ComityError('NOT_FOUND', 'Cannot find the announced key: it was taken out of this node already');
      return { id: key.id, seed: key.seed };
    },
    async forgetRecovery(keyId) {
      if (keyId !== get().body.keys.nextGovernance || !keys.has(keyId))
        throw new ComityError('NOT_FOUND', 'Cannot forget that key: it is not the announced one, or not here');
      await store.write((db) => keys.remove(db, keyId));
    },
    async renew() {
      const former = find();
      if (former === undefined) return false;
      const said = saidOf(profileOf(former), former.body.keys, facts());
      const { member: _member, sequence: _s, previous: _p, issuedAt: _i, expiresAt, ...saying } = former.body;
      const isSame = canonicalJson(said as JsonValue) === canonicalJson(saying as JsonValue);
      if (isSame && Date.parse(expiresAt) * 1000 - nowUs(clock) > renewBeforeUs) return false;
      await issue(former, said, [keys.get(governanceKey(former).id)]);
      return true;
    },
    signer() {
      const { member, body } = get();
      const key = keys.get(keyIdOf(Buffer.from(body.keys.message[0]!, 'base64'), crypto.sha256));
      return { keyId: printMessageKeyName({ member, key: key.id }), sign: key.sign, signLater: key.signLater };
    },
  };
}

function saidOf(profile: MemberProfile, keys: DescriptorBody['keys'], facts: ReturnType<OwnDeps['facts']>): Said {
  const { name, country, sectors, contacts, url = facts.url } = profile;
  const { ledger, witness } = facts;
  return {
    type: 'comity-node',
    version: 1,
    name,
    ...(country !== undefined && { country }),
    sectors,
    url,
    ...(ledger !== undefined && { ledger }),
    ...(witness !== undefined && { witness }),
    keys,
    contacts,
  };
}

function profileOf({ body: { name, country, sectors, contacts, url } }: Descriptor): MemberProfile {
  return { name, country, sectors, contacts, url };
}

function timesFrom(issuedUs: number): Pick<DescriptorBody, 'issuedAt' | 'expiresAt'> {
  return { issuedAt: timestampOfUs(issuedUs), expiresAt: timestampOfUs(issuedUs + lifetimeUs) };
}

function nowUs(clock: Clock): number {
  return Math.floor(clock() * 1000);
}

function defined(change: MemberProfileChange): Partial<MemberProfile> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
