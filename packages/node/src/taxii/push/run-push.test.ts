import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { idOf, indicator, serveRemote } from '../../connectors/taxii/remote-for-tests.ts';
import { serveReceiver } from '../../connectors/taxii/receiver-for-tests.ts';
import { openPusher } from '../../http/taxii/push-for-tests.ts';
import { attemptsMax } from './push.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const red = (number: number): object => ({ ...indicator(number), object_marking_refs: [markingIdOfTlp('red')] });

/** A push of a collection with `count` objects that was not made yet. */
async function openPush(context: Parameters<typeof openPusher>[0], count: number) {
  const receiver = await serveReceiver(context);
  const pusher = await openPusher(context);
  await pusher.give(upTo(count).map(indicator));
  const { id } = await pusher.add(receiver.url);
  return { receiver, pusher, id };
}

test('what may leave is sent in the order it came, once, and what comes later with the next push', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 3);
  await pusher.run(id);
  assert.deepEqual(receiver.envelopes, [upTo(3).map(idOf)]);
  const { status, sentCount, failedCount, positionUs } = pusher.get(id);
  assert.deepEqual([status, sentCount, failedCount], ['ok', 3, 0]);
  await pusher.run(id);
  assert.equal(receiver.envelopes.length, 1);
  await pusher.give([indicator(4)]);
  await pusher.run(id);
  assert.deepEqual(receiver.envelopes.at(-1), [idOf(4)]);
  assert.ok(pusher.get(id).positionUs > positionUs);
  const post = receiver.asked.find(({ method }) => method === 'POST');
  assert.equal(post?.headers['content-type'], 'application/taxii+json;version=2.1');
});

test('what the law denies is not sent, the decision is recorded, and the push goes on behind it', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  await pusher.give([red(2), indicator(3)]);
  await pusher.run(id);
  assert.deepEqual([...receiver.objects.keys()], [idOf(1), idOf(3)]);
  const decided = [`${idOf(1)} allow`, `${idOf(2)} deny`, `${idOf(3)} allow`].map((each) =>
    each.replace(' ', ' member:cert-x forward '),
  );
  assert.deepEqual(await pusher.decided(), decided);
  const before = receiver.asked.length;
  await pusher.run(id);
  // Nothing is decided again, and nothing is sent.
  assert.deepEqual(await pusher.decided(), decided);
  assert.ok(receiver.asked.slice(before).every(({ method }) => method === 'GET'));
});

test('a law that changes holds from the next envelope on', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  await pusher.run(id);
  await pusher.activate('closed');
  await pusher.give([indicator(2)]);
  await pusher.run(id);
  assert.deepEqual([...receiver.objects.keys()], [idOf(1)]);
});

test('the label an object is handled under is in what is sent', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  await pusher.run(id);
  assert.deepEqual(receiver.objects.get(idOf(1))?.['object_marking_refs'], [markingIdOfTlp('green')]);
});

test('new versions and revocations are sent as versions', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  await pusher.run(id);
  await pusher.give([
    { ...indicator(1), modified: '2026-02-01T00:00:00.000Z', name: 'again' },
    { ...indicator(2), modified: '2026-02-01T00:00:00.000Z', revoked: true },
  ]);
  await pusher.run(id);
  assert.equal(receiver.objects.get(idOf(1))?.['name'], 'again');
  assert.equal(receiver.objects.get(idOf(2))?.['revoked'], true);
});

test('who is not of the audience any more gets nothing more, and neither does who is no recipient', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  await pusher.taxii.collections.save({ ...pusher.collection, audience: [] });
  await pusher.run(id);
  assert.equal(pusher.get(id).status, 'failing');
  assert.match(pusher.get(id).lastError ?? '', /not of the audience/);
  await pusher.taxii.collections.save(pusher.collection);
  await pusher.sharing.recipients.remove('member:cert-x');
  await pusher.run(id);
  assert.match(pusher.get(id).lastError ?? '', /recipient "member:cert-x": it is not there/);
  await pusher.taxii.collections.remove(pusher.collection.id);
  await pusher.run(id);
  assert.match(pusher.get(id).lastError ?? '', /the collection .* it is not there/);
  assert.deepEqual([receiver.asked.length, pusher.get(id).positionUs], [0, 0]);
});

test('the position moves only when the server says what became of it', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  for (const answer of [
    { status: 500 },
    { status: 403 },
    { status: 202, body: 'no status' },
    { status: 202, body: {} },
  ]) {
    receiver.instead = () => answer;
    await pusher.run(id);
    const { status, positionUs, sentCount, failedCount } = pusher.get(id);
    assert.deepEqual([status, positionUs, sentCount, failedCount], ['failing', 0, 0, 0], JSON.stringify(answer));
  }
  assert.equal(pusher.get(id).failureCount, 4);
  receiver.instead = undefined;
  await pusher.run(id);
  assert.deepEqual([...receiver.objects.keys()], [idOf(1), idOf(2)]);
  assert.deepEqual([pusher.get(id).status, pusher.get(id).failureCount], ['ok', 0]);
});

test('a crash between what the server took and the position sends it again and skips none', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  const crash = new Error('the power failed');
  const pushes = new Proxy(pusher.pushes, {
    get(target, name) {
      if (name === 'noteStep')
        return () => {
          throw crash;
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  await assert.rejects(pusher.run(id, { pushes }), crash);
  assert.equal(pusher.get(id).positionUs, 0);
  await pusher.give([indicator(3)]);
  await pusher.run(id);
  assert.deepEqual(receiver.envelopes, [upTo(2).map(idOf), upTo(3).map(idOf)]);
});

test('a status that is pending is asked for until it is complete (TAXII 2.1 §4.3)', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  receiver.pendingPolls = 3;
  await pusher.run(id);
  assert.deepEqual(pusher.waited, [1000, 2000]);
  assert.deepEqual([pusher.get(id).sentCount, pusher.get(id).pending, receiver.envelopes.length], [2, undefined, 1]);
});

test('a status that stays pending is asked for by the next push, and nothing is sent twice', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  receiver.pendingPolls = 14;
  await pusher.run(id);
  const { status, positionUs, pending } = pusher.get(id);
  assert.deepEqual([status, positionUs, pending?.ids], ['failing', 0, upTo(2).map(idOf)]);
  assert.equal(pusher.waited.length, 12);
  await pusher.run(id);
  assert.deepEqual([pusher.get(id).sentCount, receiver.envelopes.length], [2, 1]);
});

test('what a server forgot is sent again', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  receiver.pendingPolls = 2;
  receiver.isForgetful = true;
  await pusher.run(id);
  assert.deepEqual(
    [pusher.get(id).status, pusher.get(id).pending, pusher.get(id).positionUs],
    ['failing', undefined, 0],
  );
  receiver.isForgetful = false;
  await pusher.run(id);
  assert.deepEqual([pusher.get(id).sentCount, receiver.envelopes.length], [2, 2]);
});

test('objects a server does not take hold nothing up, are shown with its words and tried again', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 3);
  receiver.verdict = (each) => (each === idOf(2) ? 'Unable to process object' : undefined);
  await pusher.run(id);
  const { status, sentCount, failedCount } = pusher.get(id);
  assert.deepEqual([status, sentCount, failedCount], ['ok', 2, 1]);
  const [failure] = pusher.pushes.failures(id);
  assert.deepEqual([failure?.id, failure?.message, failure?.attempts], [idOf(2), 'Unable to process object', 1]);
  receiver.verdict = () => undefined;
  await pusher.run(id);
  assert.deepEqual([pusher.get(id).sentCount, pusher.pushes.failures(id)], [3, []]);
  assert.deepEqual(receiver.envelopes.at(-1), [idOf(2)]);
});

test('an object no server takes is tried a few times and then stands as given up; a new version is tried anew', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  receiver.verdict = () => 'No';
  for (let run = 0; run < attemptsMax + 3; run += 1) await pusher.run(id);
  assert.equal(receiver.envelopes.length, attemptsMax);
  assert.equal(pusher.pushes.failures(id)[0]?.attempts, attemptsMax);
  receiver.verdict = () => undefined;
  await pusher.give([{ ...indicator(1), modified: '2026-02-01T00:00:00.000Z' }]);
  await pusher.run(id);
  assert.deepEqual(pusher.pushes.failures(id), []);
});

test('what failed and may not leave any more is not sent again', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  receiver.verdict = () => 'No';
  await pusher.run(id);
  await pusher.activate('closed');
  await pusher.run(id);
  assert.equal(receiver.envelopes.length, 1);
  assert.match(pusher.pushes.failures(id)[0]?.message ?? '', /may not be given any more/);
});

test('failures a server counts and does not list are tried again', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 3);
  const listed = { id: idOf(3), message: 'this one' };
  receiver.instead = () => ({
    status: 202,
    body: { status: 'complete', success_count: 1, failure_count: 2, successes: [{ id: idOf(1) }], failures: [listed] },
  });
  await pusher.run(id);
  assert.deepEqual(
    pusher.pushes.failures(id).map((each) => [each.id, each.message]),
    [
      [idOf(2), 'The server does not say what became of it'],
      [idOf(3), 'this one'],
    ],
  );
  assert.equal(pusher.get(id).sentCount, 1);
});

test('envelopes are no larger than the server takes, and one object that is larger stands as failed', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 10);
  receiver.contentBytesMax = 3000;
  await pusher.give([{ ...indicator(11), description: 'x'.repeat(5000) }, indicator(12)]);
  await pusher.run(id);
  const posts = receiver.asked.filter(({ method }) => method === 'POST');
  assert.ok(posts.length > 2);
  assert.ok(posts.every(({ body }) => body.length <= 3000));
  assert.deepEqual([...receiver.objects.keys()], [...upTo(10), 12].map(idOf));
  assert.deepEqual(
    pusher.pushes.failures(id).map(({ id: each }) => each),
    [idOf(11)],
  );
});

test('an envelope that is refused is sent in halves until the one that is refused is alone', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 9);
  receiver.instead = ({ body }) =>
    body.includes(idOf(5)) ? { status: 422, body: { title: 'No', description: 'number five' } } : undefined;
  await pusher.run(id);
  assert.deepEqual([...receiver.objects.keys()], [1, 2, 3, 4, 6, 7, 8, 9].map(idOf));
  const [failure, ...others] = pusher.pushes.failures(id);
  assert.deepEqual([failure?.id, failure?.message, others.length], [idOf(5), 'No: number five', 0]);
});

test('a server that refuses every object is left, and what it refused is kept', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 30);
  receiver.instead = () => ({ status: 400, body: 'nothing to read' });
  await pusher.run(id);
  assert.equal(pusher.get(id).status, 'failing');
  const failures = pusher.pushes.failures(id);
  assert.deepEqual([failures.length, failures[0]?.message], [20, 'The server answered 400']);
  receiver.instead = undefined;
  await pusher.run(id);
  assert.equal(receiver.objects.size, 30);
  assert.deepEqual(pusher.pushes.failures(id), []);
});

test('429 with Retry-After is waited for, and a long one is left for another time', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  let refusals = 1;
  receiver.instead = () => {
    refusals -= 1;
    return refusals >= 0 ? { status: 429, headers: { 'retry-after': '9' } } : undefined;
  };
  await pusher.run(id);
  assert.deepEqual([pusher.waited, pusher.get(id).sentCount], [[9000], 1]);
  receiver.instead = () => ({ status: 503, headers: { 'retry-after': '7200' } });
  await pusher.give([indicator(2)]);
  await pusher.run(id);
  const { nextPushUs, lastPushUs = 0 } = pusher.get(id);
  assert.equal(nextPushUs - lastPushUs, 7200 * 1_000_000);
});

test('a collection that takes nothing is told of before anything is decided', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 1);
  receiver.canWrite = false;
  await pusher.run(id);
  assert.match(pusher.get(id).lastError ?? '', /"Theirs": the server says can_write is false/);
  assert.deepEqual(await pusher.decided(), []);
});

test('what is sent follows no redirect to another origin, nor do credentials', async (context) => {
  const elsewhere = await serveRemote(context, () => ({ status: 202, body: { status: 'complete' } }));
  const { receiver, pusher, id } = await openPush(context, 1);
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.instead = () => ({ status, headers: { location: `${elsewhere.url}/api/collections/c1/objects/` } });
    await pusher.run(id);
    assert.match(pusher.get(id).lastError ?? '', /what was meant for it does not go/);
  }
  assert.deepEqual([elsewhere.asked.length, pusher.get(id).positionUs], [0, 0]);
});

test('a bearer token is sent, sealed and shown nowhere', async (context) => {
  const receiver = await serveReceiver(context);
  const pusher = await openPusher(context);
  await pusher.give([indicator(1)]);
  const { id } = await pusher.add(receiver.url, 's3cret-token');
  await pusher.run(id);
  assert.ok(receiver.asked.every(({ headers }) => headers.authorization === 'Bearer s3cret-token'));
  assert.equal(receiver.objects.size, 1);
  assert.doesNotMatch(JSON.stringify(pusher.pushes.list()), /s3cret/);
  const inUrl = receiver.url.replace('//', '//user:pass@');
  await assert.rejects(pusher.add(inUrl, 's3cret-token'), (error: Error) => !/s3cret|pass@/.test(error.message));
});

test('a push that is called off is due at once and goes on where it was', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 4);
  receiver.contentBytesMax = 1500;
  const stop = new AbortController();
  receiver.verdict = () => {
    stop.abort();
    return undefined;
  };
  await pusher.run(id, {}, stop);
  const { status, nextPushUs } = pusher.get(id);
  assert.notEqual(status, 'failing');
  assert.ok(nextPushUs <= pusher.now.ms * 1000);
  receiver.verdict = () => undefined;
  await pusher.run(id);
  assert.equal(receiver.objects.size, 4);
});

test('a push that is begun anew sends everything once more', async (context) => {
  const { receiver, pusher, id } = await openPush(context, 2);
  await pusher.run(id);
  await pusher.pushes.restart(id);
  await pusher.run(id);
  assert.deepEqual(receiver.envelopes, [upTo(2).map(idOf), upTo(2).map(idOf)]);
});
