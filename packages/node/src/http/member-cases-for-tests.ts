import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

/** Another node. */
interface Served {
  readonly client: Client;
}

/** What each route of members does, and each error it declares; used by the test of the API only. */
export function memberCases({ client, serve }: { client: () => Client; serve: () => Promise<Served> }) {
  /** The node under test as a member: made by whichever case comes first. */
  const own = async () => {
    const { member } = await client().ownMember();
    if (member !== undefined) return member;
    const contacts = [{ role: 'technical' as const, email: 'cert@example.test' }];
    return (await client().initMember({ body: { name: 'Under test', contacts } })).member!;
  };
  let others = 0;
  /** Another member, joined, or asking when nobody accepts. */
  const other = async (accepts = true) => {
    await own();
    const its = await serve();
    await its.client.initMember({ body: { name: `Other ${(others += 1)}` } });
    const { text } = await client().inviteMember({ body: { accepts, allowPrivate: true } });
    await its.client.joinMember({ body: { invitation: text, allowPrivate: true } });
    const { member } = await its.client.ownMember();
    return { node: its, id: member?.id ?? '' };
  };
  const missing = { params: { id: 'nobody' } };
  const fresh = async () => (await serve()).client;
  const textOf = async (answer: Promise<Response>) => await (await answer).text();
  const wrongName = 'two\nlines';

  return {
    nodeDescriptor: {
      works: async () => {
        const { id } = await own();
        assert.match(await textOf(client().nodeDescriptor()), /^\{"body":\{.*"signatures":\{/);
        assert.equal(id.length, 64);
      },
      fails: { NOT_FOUND: async () => (await fresh()).nodeDescriptor() },
    },
    nodeDescriptors: {
      works: async () => {
        await own();
        assert.match(await textOf(client().nodeDescriptors({ query: {} })), /^\[\{"body":/);
        assert.equal(await textOf(client().nodeDescriptors({ query: { from: 1000 } })), '[]\n');
      },
      fails: { NOT_FOUND: async () => (await fresh()).nodeDescriptors({ query: {} }) },
    },
    securityTxt: {
      works: async () => {
        await own();
        assert.match(await textOf(client().securityTxt()), /^Contact: mailto:cert@example\.test\nExpires: /);
      },
      fails: { NOT_FOUND: async () => (await fresh()).securityTxt() },
    },
    rfc2350: {
      works: async () => {
        await own();
        assert.match(await textOf(client().rfc2350()), /^RFC 2350 description of /);
      },
      fails: { NOT_FOUND: async () => (await fresh()).rfc2350() },
    },
    ownMember: {
      works: async () => {
        assert.equal((await (await fresh()).ownMember()).member, undefined);
        assert.equal((await own()).holdsRecovery, true);
      },
      fails: {},
    },
    initMember: {
      works: async () => {
        const { member } = await (await fresh()).initMember({ body: { name: 'New', sectors: ['water'] } });
        assert.deepEqual([member?.name, member?.sectors, member?.sequence], ['New', ['water'], 0]);
      },
      fails: {
        CONFLICT: async () => {
          await own();
          await client().initMember({ body: { name: 'Again' } });
        },
        MEMBER_MALFORMED: async () => (await fresh()).initMember({ body: { name: wrongName } }),
      },
    },
    changeMember: {
      works: async () => {
        const before = await own();
        const { member } = await client().changeMember({ body: { name: 'Renamed' } });
        assert.deepEqual([member?.name, member?.id, member?.sequence], ['Renamed', before.id, before.sequence + 1]);
      },
      fails: {
        CONFLICT: async () => (await fresh()).changeMember({ body: { name: 'x' } }),
        MEMBER_MALFORMED: async () => {
          await own();
          await client().changeMember({ body: { name: wrongName } });
        },
      },
    },
    rotateMember: {
      works: async () => {
        const { sequence } = await own();
        assert.deepEqual(await client().rotateMember({ body: {} }), { step: 'rotation', sequence: sequence + 1 });
      },
      fails: {
        CONFLICT: async () => (await fresh()).rotateMember({ body: {} }),
        ARGUMENT_INVALID: async () => {
          await own();
          await client().rotateMember({ body: { recovery: 'not base64' } });
        },
      },
    },
    showRecovery: {
      works: async () => {
        const { id } = await own();
        assert.equal((await client().showRecovery()).member, id);
      },
      fails: {
        CONFLICT: async () => (await fresh()).showRecovery(),
        NOT_FOUND: async () => {
          const other = await fresh();
          await other.initMember({ body: { name: 'x' } });
          await other.forgetRecovery({ query: { keyId: (await other.showRecovery()).keyId } });
          await other.showRecovery();
        },
      },
    },
    forgetRecovery: {
      works: async () => {
        const other = await fresh();
        await other.initMember({ body: { name: 'x' } });
        await other.forgetRecovery({ query: { keyId: (await other.showRecovery()).keyId } });
        assert.equal((await other.ownMember()).member?.holdsRecovery, false);
      },
      fails: {
        CONFLICT: async () => (await fresh()).forgetRecovery({ query: { keyId: 'x' } }),
        NOT_FOUND: async () => {
          await own();
          await client().forgetRecovery({ query: { keyId: 'x' } });
        },
      },
    },
    listMembers: {
      works: async () => {
        const { id } = await other();
        const row = (await client().listMembers()).rows.find((each) => each.id === id);
        assert.deepEqual([row?.state, row?.source, row?.isFrozen], ['joined', 'we-invited', false]);
      },
      fails: {},
    },
    listInvitations: {
      works: async () => {
        await own();
        const { invitation } = await client().inviteMember({ body: { hint: 'listed' } });
        assert.ok((await client().listInvitations()).rows.some(({ id }) => id === invitation.id));
      },
      fails: {},
    },
    inviteMember: {
      works: async () => {
        await own();
        assert.match((await client().inviteMember({ body: {} })).text, /^comity1[\w-]+$/);
      },
      fails: { CONFLICT: async () => (await fresh()).inviteMember({ body: {} }) },
    },
    withdrawInvitation: {
      works: async () => {
        await own();
        const { invitation } = await client().inviteMember({ body: {} });
        await client().withdrawInvitation({ params: { id: invitation.id } });
        assert.ok((await client().listInvitations()).rows.every(({ id }) => id !== invitation.id));
      },
      fails: { NOT_FOUND: () => client().withdrawInvitation(missing) },
    },
    joinMember: {
      works: async () => {
        const { id } = await own();
        const its = (await other()).node;
        assert.ok((await its.client.listMembers()).rows.some((row) => row.id === id && row.state === 'joined'));
      },
      fails: {
        CONFLICT: async () => {
          await own();
          const { text } = await client().inviteMember({ body: {} });
          await client().joinMember({ body: { invitation: text, allowPrivate: true } });
        },
        MEMBER_MALFORMED: async () => (await fresh()).joinMember({ body: { invitation: 'comity1x' } }),
        INVITATION_REFUSED: async () => {
          const its = (await other()).node;
          const { text, invitation } = await client().inviteMember({ body: {} });
          await client().withdrawInvitation({ params: { id: invitation.id } });
          await its.client.joinMember({ body: { invitation: text, allowPrivate: true } });
        },
        REMOTE_FAILED: async () => {
          await own();
          const gone = await fresh();
          await gone.initMember({ body: { name: 'Gone', url: 'http://127.0.0.1:9' } });
          const { text } = await gone.inviteMember({ body: {} });
          await client().joinMember({ body: { invitation: text, allowPrivate: true } });
        },
        ADDRESS_REFUSED: async () => {
          await own();
          const its = await fresh();
          await its.initMember({ body: { name: 'Inside' } });
          const { text } = await its.inviteMember({ body: {} });
          await client().joinMember({ body: { invitation: text } });
        },
      },
    },
    showGiver: {
      works: async () => {
        await own();
        const its = await fresh();
        const { member } = await its.initMember({ body: { name: 'Giver', country: 'AT' } });
        const { text } = await its.inviteMember({ body: {} });
        const giver = await client().showGiver({ body: { invitation: text, allowPrivate: true } });
        assert.deepEqual([giver.id, giver.name, giver.country, giver.isKnown], [member?.id, 'Giver', 'AT', false]);
        assert.deepEqual((await its.listMembers()).rows, [], 'nothing was taken up');
      },
      fails: {
        CONFLICT: async () => {
          await own();
          const { text } = await client().inviteMember({ body: {} });
          await client().showGiver({ body: { invitation: text, allowPrivate: true } });
        },
        MEMBER_MALFORMED: async () => (await fresh()).showGiver({ body: { invitation: 'comity1x' } }),
        REMOTE_FAILED: async () => {
          await own();
          const gone = await fresh();
          await gone.initMember({ body: { name: 'Gone', url: 'http://127.0.0.1:9' } });
          const { text } = await gone.inviteMember({ body: {} });
          await client().showGiver({ body: { invitation: text, allowPrivate: true } });
        },
        ADDRESS_REFUSED: async () => {
          await own();
          const its = await fresh();
          await its.initMember({ body: { name: 'Inside' } });
          await client().showGiver({ body: { invitation: (await its.inviteMember({ body: {} })).text } });
        },
      },
    },
    listMemberSteps: {
      works: async () => {
        const { node: its, id } = await other();
        const seed = (await its.client.showRecovery()).seed;
        await its.client.rotateMember({ body: {} });
        await its.client.changeMember({ body: { name: 'Renamed' } });
        await client().pingMember({ params: { id }, query: { refresh: 'true' } });
        const { rows } = await client().listMemberSteps({ params: { id } });
        const steps = rows.map(({ step }) => step);
        assert.deepEqual([steps[0], steps[1], steps.at(-1)], ['update', 'rotation', 'first']);
        assert.equal(rows[1]?.keys.find(({ role }) => role === 'governance')?.id, rows[2]?.announced);
        assert.ok(!JSON.stringify(rows).includes(seed), 'keys are named, never told');
        const self = await own();
        assert.equal((await client().listMemberSteps({ params: { id: self.id } })).rows[0]?.sequence, self.sequence);
      },
      fails: { NOT_FOUND: () => client().listMemberSteps(missing) },
    },
    showMemberLedger: {
      works: async () => {
        const { id } = await other();
        const { ledger } = await client().showMemberLedger({ params: { id } });
        assert.match(ledger?.origin ?? '', /\/ledger\/1$/);
        assert.deepEqual([ledger?.isTrusted, ledger?.keys.length, ledger?.alarms], [true, 2, []]);
        const seen = async () => (await client().showMemberLedger({ params: { id } })).ledger?.checked;
        await client().syncPeer({ params: { id } });
        const { size = -1, root = '' } = (await seen()) ?? {};
        assert.ok(size >= 0 && root.length === 44, 'what the sync showed is kept');
      },
      fails: { NOT_FOUND: () => client().showMemberLedger(missing) },
    },
    getMember: {
      works: async () => {
        const { id } = await other();
        assert.equal((await client().getMember({ params: { id } })).id, id);
      },
      fails: { NOT_FOUND: () => client().getMember(missing) },
    },
    acceptMember: {
      works: async () => {
        const { id } = await other(false);
        const body = { handle: `accepted-${others}` };
        assert.equal((await client().acceptMember({ params: { id }, body })).state, 'joined');
      },
      fails: {
        NOT_FOUND: () => client().acceptMember({ ...missing, body: {} }),
        CONFLICT: async () => client().acceptMember({ params: { id: (await other()).id }, body: {} }),
        ARGUMENT_INVALID: async () =>
          client().acceptMember({ params: { id: (await other(false)).id }, body: { handle: 'Not A Handle' } }),
      },
    },
    alterMember: {
      works: async () => {
        const { id } = await other();
        const body = { suspended: true, allowPrivate: false };
        const altered = await client().alterMember({ params: { id }, body });
        assert.deepEqual([altered.state, altered.allowPrivate], ['suspended', false]);
      },
      fails: {
        NOT_FOUND: () => client().alterMember({ ...missing, body: {} }),
        CONFLICT: async () => client().alterMember({ params: { id: (await other()).id }, body: { suspended: false } }),
      },
    },
    removeMember: {
      works: async () => {
        const { id } = await other(false);
        await client().removeMember({ params: { id } });
        assert.ok((await client().listMembers()).rows.every((row) => row.id !== id));
      },
      fails: { NOT_FOUND: () => client().removeMember(missing) },
    },
    pingMember: {
      works: async () => {
        const { id } = await other();
        const { answerMs, member } = await client().pingMember({ params: { id }, query: { refresh: 'true' } });
        assert.ok(answerMs > 0 && member.checkedAt !== undefined);
      },
      fails: {
        NOT_FOUND: () => client().pingMember({ ...missing, query: {} }),
        CONFLICT: async () => {
          const { id } = await other();
          await client().alterMember({ params: { id }, body: { suspended: true } });
          await client().pingMember({ params: { id }, query: {} });
        },
        REMOTE_FAILED: async () => {
          const { id, node: its } = await other();
          await its.client.changeMember({ body: { url: 'http://127.0.0.1:9' } });
          const ping = async (refresh: 'true' | 'false') =>
            await client().pingMember({ params: { id }, query: { refresh } });
          await assert.rejects(ping('true'), { code: 'ADDRESS_REFUSED' }, 'what was allowed was where it was before');
          await client().alterMember({ params: { id }, body: { allowPrivate: true } });
          await ping('false');
        },
      },
    },
  };
}
