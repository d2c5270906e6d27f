import assert from 'node:assert/strict';
import { ComityError } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { Client } from '@comity/protocol/client';
import type { LookupLink } from '../lookup/index.ts';

/** A way to members whose nodes refuse with the code they are called by: `member:conflict`. */
export const refusingLink: LookupLink = {
  async ask(member) {
    const code = member.replace('member:', '').replaceAll('-', '_').toUpperCase() as ErrorCode;
    throw new ComityError(code, `Cannot ask ${member}: it refuses`);
  },
};

/** What each route of private look-ups does, and each error it declares; used by the test of the API only. */
export function lookupCases(client: () => Client) {
  const ask = async (key: string, ...values: [string, ...string[]]) => {
    await client().saveRecipient({ body: { key, name: key } });
    return await client().askMember({ body: { member: key, values } });
  };
  const refusedWith = (key: string) => async () => await ask(key, 'unknown-to-all.example');
  return {
    askMember: {
      works: async () => {
        await client().createImport({ query: { name: 'own.txt' }, body: 'known-here.example\n' });
        const { values, leak, key } = await ask('member:not-asked', 'known-here[.]example', 'no value');
        assert.deepEqual(values, [
          {
            text: 'known-here[.]example',
            value: { kind: 'domain', value: 'known-here.example' },
            outcome: 'here',
          },
          { text: 'no value', outcome: 'unreadable' },
        ]);
        assert.deepEqual([leak.wasAsked, leak.evaluated, leak.records, key], [false, 0, 'none', undefined]);
      },
      fails: {
        NOT_FOUND: () => client().askMember({ body: { member: 'member:nobody', values: ['a.example'] } }),
        CONFLICT: refusedWith('member:conflict'),
        TOO_MANY_REQUESTS: refusedWith('member:too-many-requests'),
        LOOKUP_MALFORMED: refusedWith('member:lookup-malformed'),
        LOOKUP_UNPROVEN: refusedWith('member:lookup-unproven'),
        SIGNATURE_REFUSED: refusedWith('member:signature-refused'),
        INPUT_TOO_LARGE: refusedWith('member:input-too-large'),
        REMOTE_FAILED: refusedWith('member:remote-failed'),
        ADDRESS_REFUSED: refusedWith('member:address-refused'),
      },
    },
    listLookups: {
      works: async () => {
        await client().saveRecipient({ body: { key: 'member:may-ask', name: 'May ask' } });
        // What is offered is made beside.
        const { rows, ...made } = await client().listLookups();
        for (const { recipient } of rows) assert.match(recipient, /^member:/);
        assert.ok(['', 'epoch,key,until'].includes(Object.keys(made).join()));
      },
      fails: {},
    },
  };
}
