/**
 * A member that lies: a process that is built of nothing but the protocol. It states one version of one object twice, with another
 * content to each of two members, signs both, and lends each its own.
 *
 * Arguments: two times the URL of a node, the member it is of, and an invitation. It says `lying` once both have taken it up, and serves until it
 * is told to stop.
 */
import { randomBytes } from 'node:crypto';
import { base64Of, parseMemberId, parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { hourOf, openingBytes, printEntry } from '@comity/protocol/acts';
import { markingIdOfTlp } from '@comity/protocol/markings';
import {
  batchCommitments,
  batchContent,
  batchDecision,
  batchRecipients,
  batchRoot,
  itemText,
  digestOfObject,
  outboxMediaType,
  printOutboxLine,
  statementBytes,
} from '@comity/protocol/peer';
import type { ActiveStatement, LentItem } from '@comity/protocol/peer';
import { planInclusion, printCheckpoint, printNote, printVerifierKey, signText } from '@comity/protocol/tlog';
import { createSigner, makeLog, nativeCrypto, servePuppet } from '@comity/testkit';

const { sha256 } = nativeCrypto;
const nowUs = Date.now() * 1000;
const origin = 'liar.example/ledger/1';
const ledger = createSigner(origin, 'note', 'ledger of a liar');
const dayUs = 86_400_000_000;

const objectId = parseStixId('indicator--0a000000-0000-4000-8000-00000000001a');
const objectFor = (value: string): string =>
  JSON.stringify({
    type: 'indicator',
    spec_version: '2.1',
    id: objectId,
    created: timestampOfUs(nowUs),
    modified: timestampOfUs(nowUs),
    pattern: `[domain-name:value = '${value}']`,
    pattern_type: 'stix',
    valid_from: timestampOfUs(nowUs),
    object_marking_refs: [markingIdOfTlp('green')],
  });

/** All it says to one member: a batch with one item, and the act in its ledger that commits to it. */
function tell(self: MemberId, sign: (message: Uint8Array) => Uint8Array, to: MemberId, object: string) {
  const terms = {
    tlp: 'green',
    pap: null,
    hops: 2,
    leaseUntil: timestampOfUs(nowUs + dayUs),
    audience: null,
  } as const;
  const statement: ActiveStatement = {
    v: 1,
    origin: self,
    id: objectId,
    version: 1,
    statedAt: timestampOfUs(nowUs),
    state: 'active',
    digest: digestOfObject(object, sha256),
    terms,
  };
  const item: LentItem = {
    v: 1,
    sequence: 1,
    from: self,
    to,
    salt: base64Of(randomBytes(16)),
    kind: 'lent',
    statement,
    signature: base64Of(sign(statementBytes(statement))),
    path: [self],
    terms,
    isStanding: false,
    why: [],
  };
  const openings = {
    content: randomBytes(openingBytes),
    recipients: randomBytes(openingBytes),
    decision: randomBytes(openingBytes),
  };
  const about = {
    content: batchContent({ first: 1, count: 1, root: batchRoot([itemText(item)], sha256) }),
    recipients: batchRecipients(self, to),
    decision: batchDecision('00'.repeat(32), []),
  };
  const entry = printEntry({
    v: 1,
    form: 'committed',
    type: 'exchange',
    at: hourOf(nowUs),
    salt: base64Of(randomBytes(16)),
    ...batchCommitments(openings, about, sha256),
  });
  return { to, item, object, entry, openings };
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const cleanups: (() => unknown)[] = [];
const puppet = await servePuppet({ after: (fn) => void cleanups.push(fn) }, { name: 'Liar' });
const first = puppet.chain[0]!;
const self = first.member;
puppet.chain.push(
  puppet.next(first, { ledger: { origin, url: `${puppet.url}/ledger/1`, keys: [printVerifierKey(ledger.key)] } }, [
    { publicKey: ledger.key.publicKey, sign: (message) => ledger.sign(message) },
  ]),
);

const [urlA = '', memberA = '', invitationA = '', urlB = '', memberB = '', invitationB = ''] = process.argv.slice(2);
const told = [
  tell(self, puppet.sign, parseMemberId(memberA), objectFor('one-story.example')),
  tell(self, puppet.sign, parseMemberId(memberB), objectFor('another-story.example')),
];
const log = makeLog(told.map(({ entry }) => entry));
const text = printCheckpoint({ origin, size: log.size, root: log.root });
const checkpoint = printNote({ text, signatures: signText(text, [ledger], Math.floor(nowUs / 1_000_000)) });

puppet.answer = ({ path, keyName }) => {
  const index = told.findIndex(({ to }) => keyName.startsWith(to));
  const one = told[index];
  if (one === undefined) return undefined;
  if (path.startsWith('/peer/v1/hint')) return { status: 200, body: '{"last":1}', signedAs: 'application/json' };
  if (!path.startsWith('/peer/v1/outbox')) return { status: 200, body: '{}', signedAs: 'application/json' };
  const after = Number(new URL(path, puppet.url).searchParams.get('after'));
  const { to, item, object, entry, openings } = one;
  const lines = [
    printOutboxLine({ kind: 'head', v: 1, from: self, to, after, checkpoint }),
    ...(after > 0
      ? []
      : [
          printOutboxLine({
            kind: 'batch',
            first: 1,
            count: 1,
            index,
            entry: base64Of(entry),
            openings: { content: base64Of(openings.content), recipients: base64Of(openings.recipients) },
            proof: log.hashes(planInclusion(index, log.size)).map(base64Of),
          }),
          printOutboxLine({ kind: 'item', item, object }),
        ]),
    printOutboxLine({ kind: 'end', next: Math.max(after, 1), isAll: true, seen: [] }),
  ];
  return { status: 200, body: lines.join(''), signedAs: outboxMediaType };
};

for (const [url, invitation] of [
  [urlA, invitationA],
  [urlB, invitationB],
] as const) {
  const answer = await puppet.join({ url }, invitation);
  if (!answer.ok) throw new Error(`Cannot join ${url}: ${answer.status} ${await answer.text()}`);
}
process.stdout.write('lying\n');
if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
for (const fn of cleanups) await fn();
