import { printEntry } from '@comity/protocol/acts';
import { keyIdOf, signDescriptor } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';
import type { Entry } from '@comity/protocol/acts';
import { base64Of, joinBytes } from '@comity/protocol/base';
import {
  charterHash,
  federationOf,
  nameAct,
  nextCharter,
  printHistory,
  proposalHash,
  textDigest,
  usualRules,
} from '@comity/protocol/charter';
import type {
  Charter,
  Choice,
  Decision,
  Head,
  NamedAct,
  Proposal,
  Proposed,
  Roll,
  Stamp,
  VotingAct,
} from '@comity/protocol/charter';
import {
  leafHash,
  nodeHash,
  printCheckpoint,
  printNote,
  printVerifierKey,
  rootOfHashes,
  signText,
} from '@comity/protocol/tlog';
import type { NoteSigner } from '@comity/protocol/tlog';
import { inventBytes, inventSalt } from './made-exchange.ts';
import { createSigner, nativeCrypto } from './native-crypto.ts';

const { sha256 } = nativeCrypto;

/** A member that votes, and what it said last. */
export interface MadeVoter {
  readonly id: string;
  readonly origin: string;
  readonly log: NoteSigner;
  /** The first thing it says of its node: its id is the hash of that. */
  readonly descriptor: Descriptor;
  /** What its next act names as the one before. */
  last: string | undefined;
}

/** Members, their ledgers, witnesses, and the first charter. */
export interface MadeVotes {
  readonly voters: readonly MadeVoter[];
  readonly witnesses: readonly NoteSigner[];
  readonly genesis: Charter;
  readonly roll: Roll;
}

/** What of a first charter is not the usual. */
export type CharterChange = Partial<Charter> & { readonly quorum?: number; readonly witnessCount?: number };

/** When made votes open, and close, in seconds. */
export const madeTimes = {
  announced: 1_790_000_000,
  opens: 1_800_000_000,
  votes: 1_800_001_000,
  closes: 1_806_000_000,
};
const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
const hour = '2027-01-15T08:00:00Z';

/** A federation of so many members whose ledgers nobody keeps: each proof is of a tree made for it. `strangers` can be admitted. */
export function makeVotes(
  count: number,
  strangers = 0,
  { quorum = 2, witnessCount = 3, ...change }: CharterChange = {},
): MadeVotes {
  const voters = Array.from({ length: count + strangers }, (_, index): MadeVoter => {
    const origin = `m${index}.example/ledger/1`;
    const log = createSigner(origin, 'note', origin);
    const descriptor = describe(index, log);
    return { id: descriptor.member, origin, log, descriptor, last: undefined };
  });
  const witnesses = Array.from({ length: witnessCount }, (_, index) =>
    createSigner(`w${index}.example`, 'cosignature-ed25519', `witness ${index}`),
  );
  const members = voters
    .slice(0, count)
    .map(({ id }) => ({ member: id, status: 'active', missed: 0, since: 0 }) as const)
    .toSorted((one, other) => (one.member < other.member ? -1 : 1));
  const genesis: Charter = {
    type: 'comity-charter',
    version: 1,
    number: 0,
    name: 'Example Federation',
    members,
    rules: usualRules,
    colludingMax: 1,
    witnesses: { of: witnesses.map(({ key }) => ({ name: key.name, keys: [printVerifierKey(key)] })), quorum },
    articles: [
      { id: 'handling', digest: 'ab'.repeat(32), entrenched: false },
      { id: 'never', digest: 'cd'.repeat(32), entrenched: true },
    ],
    sharing: [
      { id: 'no-press', says: 'Nothing is published', article: 'handling', actions: ['publish'], kinds: ['public'] },
    ],
    leases: { indicatorDaysMax: 30, reportDaysMax: 180 },
    blocklist: { criteria: [], membersMin: 2, daysMax: 30 },
    emergencyDaysMax: 30,
    termDays: 400,
    expiresAt: '2028-01-01T00:00:00.000Z',
    ...change,
  };
  const roll = new Map(voters.map(({ id, origin, log }) => [id, [{ origin, keys: [log.key] }]]));
  return { voters, witnesses, genesis, roll };
}

function describe(index: number, log: NoteSigner): Descriptor {
  const [governance, next, message] = ['governance', 'next', 'message'].map((word) =>
    createSigner('m', 'note', `${index} ${word}`),
  ) as [NoteSigner, NoteSigner, NoteSigner];
  const signers = [governance, message, log].map(({ key, sign }) => ({ publicKey: key.publicKey, sign }));
  const url = `https://m${index}.example`;
  return signDescriptor(
    {
      type: 'comity-node',
      version: 1,
      sequence: 0,
      name: `Team ${index}`,
      sectors: [],
      url,
      ledger: { origin: log.key.name, url: `${url}/ledger/1`, keys: [printVerifierKey(log.key)] },
      keys: {
        governance: base64Of(governance.key.publicKey),
        nextGovernance: keyIdOf(next.key.publicKey, sha256),
        message: [base64Of(message.key.publicKey)],
      },
      contacts: [],
      issuedAt: '2026-12-01T00:00:00.000Z',
      expiresAt: '2027-12-01T00:00:00.000Z',
    },
    signers,
    sha256,
  );
}

/** The history of these votes in one file. */
export function makeHistory({ genesis, voters }: MadeVotes, decisions: readonly Decision[]): Uint8Array {
  return printHistory({ genesis, descriptors: voters.map(({ descriptor }) => [descriptor]), decisions });
}

/** A proposal on a charter, put forward by some; `change` says what else is other than usual. */
export function makeProposal(
  charter: Charter,
  proposed: Proposed,
  sponsors: readonly MadeVoter[],
  change: Partial<Proposal> = {},
): Proposal {
  const next = nextCharter(charter, proposed, sha256);
  return {
    type: 'comity-proposal',
    version: 1,
    round: 0,
    federation: federationOf(charter, sha256),
    base: charterHash(charter, sha256),
    ...proposed,
    ...(next === undefined ? {} : { target: charterHash(next, sha256) }),
    sponsors: sponsors.map(({ id }) => id).toSorted(),
    rationale: textDigest(rationale, sha256),
    opensAt: instantOf(madeTimes.opens),
    closesAt: instantOf(madeTimes.closes),
    effectiveAt: instantOf(madeTimes.closes + 31 * 86_400),
    ...change,
  };
}

const rationale = `${inventSalt(7)}\nBecause it is better so`;
const reason = `${inventSalt(8)}\nI would rather not`;

/** What is said to a proposal, by whom, and when it was seen; `hidden`: no head, `unseen`: no stamp. */
export interface MadeBallot {
  readonly voter: MadeVoter;
  readonly choice: Choice;
  readonly seenAt?: number;
  readonly hidden?: boolean;
  readonly unseen?: boolean;
}

/** A ballot as it stands in a ledger, after what its voter said before. */
export function makeBallot({ voter, choice }: Pick<MadeBallot, 'voter' | 'choice'>, proposal: string): VotingAct {
  const content = { choice, ...(choice === 'no' ? { reason: textDigest(reason, sha256) } : {}), proposal };
  return say(voter, { type: 'ballot', content }, proposal);
}

type Said = VotingAct extends infer Act ? (Act extends VotingAct ? Pick<Act, 'type' | 'content'> : never) : never;

/** An act of a voter, which its next one names. */
export function say(voter: MadeVoter, said: Said, proposal: string): VotingAct {
  const previous = voter.last === undefined ? {} : { previous: voter.last };
  const salt = inventSalt(salts++);
  const act = { ...said, content: { ...said.content, ...previous }, member: voter.id, at: hour, salt } as VotingAct;
  voter.last = nameAct(act, proposal, sha256).name;
  return act;
}
let salts = 1000;

/** A ledger as large as this has some 260,000 entries. */
const treeHeight = 18;

/** A large tree with this leaf in it: the hashes beside the way to it are invented. */
function makeTree(leaf: Uint8Array, seed: number): { index: number; proof: string; size: number; root: Uint8Array } {
  const index = seed % 2 ** treeHeight;
  const siblings = Array.from({ length: treeHeight }, (_, level) => inventBytes(32, seed * 64 + level));
  const root = siblings.reduce(
    (hash, sibling, level) =>
      (index >> level) % 2 === 0 ? nodeHash(hash, sibling, sha256) : nodeHash(sibling, hash, sha256),
    leaf,
  );
  return { index, proof: base64Of(joinBytes(...siblings)), size: 2 ** treeHeight, root };
}

/** A head of a voter’s ledger with an act in it. */
export function makeHead(voter: MadeVoter, act: VotingAct, place: number, proposal: string): Head {
  const { leaf } = nameAct(act, proposal, sha256);
  return { act: place, ...signedTree(voter, leaf, place + 1, [], 0) };
}

/** Acts with their names, one of which may name another by its place. */
export function nameAll(acts: readonly VotingAct[], proposal: string): NamedAct[] {
  const named: NamedAct[] = [];
  for (const act of acts) named.push(nameAct(act, proposal, sha256, named));
  return named;
}

/** A stamp: an act in its own ledger (`of` its place), or a gathering in somebody’s, cosigned at that time by so many witnesses. */
export function makeStamp(
  { witnesses }: MadeVotes,
  voter: MadeVoter,
  of: number | readonly number[],
  acts: readonly VotingAct[],
  at: { readonly seconds: number; readonly proposal: string; readonly cosigners?: number },
): Stamp {
  const named = nameAll(acts, at.proposal);
  const cosigners = witnesses.slice(0, at.cosigners ?? witnesses.length);
  if (typeof of === 'number')
    return { member: voter.id, of, ...signedTree(voter, named[of]!.leaf, of + 5, cosigners, at.seconds) };
  const root = base64Of(
    rootOfHashes(
      of.map((place) => named[place]!.leaf),
      sha256,
    ),
  );
  const salt = inventSalt(salts++);
  const content = { proposal: at.proposal, root, count: of.length };
  const entry: Entry = { v: 1, at: hour, salt, form: 'open', type: 'gathering', content };
  const leaf = leafHash(printEntry(entry), sha256);
  const gathering = { at: hour, salt, acts: [...of] };
  return { member: voter.id, of: gathering, ...signedTree(voter, leaf, of.length, cosigners, at.seconds) };
}

function signedTree(
  { origin, log }: MadeVoter,
  leaf: Uint8Array,
  seed: number,
  cosigners: readonly NoteSigner[],
  seconds: number,
): Pick<Head, 'index' | 'proof' | 'checkpoint'> {
  const { index, proof, size, root } = makeTree(leaf, seed);
  const text = printCheckpoint({ origin, size, root });
  return { index, proof, checkpoint: printNote({ text, signatures: signText(text, [log, ...cosigners], seconds) }) };
}

/**
 * A decision on a proposal: sponsors’ acts, these ballots, confirmations; a head for the last act of each, and what was seen at one time
 * in one gathering.
 *
 * @param confirmers - whoever says yes and hides nothing, if not told.
 */
export function makeDecision(
  votes: MadeVotes,
  proposal: Proposal,
  ballots: readonly MadeBallot[],
  confirmers: readonly MadeVoter[] = ballots.flatMap(({ choice, hidden, voter }) =>
    choice === 'yes' && hidden !== true ? voter : [],
  ),
): Decision {
  const hash = proposalHash(proposal, sha256);
  const sponsors = proposal.sponsors.flatMap((id) => votes.voters.find((voter) => voter.id === id) ?? []);
  const put = (voter: MadeVoter, type: 'sponsorship' | 'confirmation'): VotingAct =>
    say(voter, { type, content: { proposal: hash } }, hash);
  const acts = sponsors.map((voter) => put(voter, 'sponsorship'));
  const first = acts.length;
  acts.push(...ballots.map((ballot) => makeBallot(ballot, hash)));
  if (proposal.target !== undefined) acts.push(...confirmers.map((voter) => put(voter, 'confirmation')));
  const hidden = new Set(ballots.flatMap((ballot, at) => (ballot.hidden === true ? first + at : [])));
  const last = new Map(acts.flatMap((act, place) => (hidden.has(place) ? [] : [[act.member, place] as const])));
  const heads = [...last].map(([member, place]) =>
    makeHead(
      votes.voters.find(({ id }) => id === member)!,
      acts[place]!,
      place,
      hash,
    ),
  );
  const seen = ballots.flatMap((ballot, at) =>
    ballot.unseen === true ? [] : { place: first + at, seconds: ballot.seenAt ?? madeTimes.votes },
  );
  const gatherer = votes.voters[0]!;
  const stamp = (voter: MadeVoter, places: readonly number[], seconds: number): Stamp =>
    makeStamp(votes, voter, places, acts, { seconds, proposal: hash });
  const stamps = [
    ...(sponsors[0] === undefined ? [] : [stamp(sponsors[0], [...sponsors.keys()], madeTimes.announced)]),
    ...[...Map.groupBy(seen, ({ seconds }) => seconds)].map(([seconds, places]) =>
      stamp(
        gatherer,
        places.map(({ place }) => place),
        seconds,
      ),
    ),
  ];
  const shown = shortened(acts, hash);
  return { type: 'comity-decision', version: 1, proposal, acts: shown, heads, stamps, texts: [rationale, reason] };
}

/** What a decision says once is not said in each act, and an act before that is shown is named by its place. */
function shortened(acts: readonly VotingAct[], hash: string): VotingAct[] {
  const places = new Map(acts.map((act, place) => [nameAct(act, hash, sha256).name, place]));
  return acts.map((act) => {
    const { previous: told, ...content } = act.content;
    const previous = places.get(told as string) ?? told;
    if ('proposal' in content && content.proposal === hash) delete content.proposal;
    return { ...act, content: { ...content, ...(previous === undefined ? {} : { previous }) } } as VotingAct;
  });
}
