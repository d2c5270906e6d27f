import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { parseLaw } from '../law/law.ts';
import { readStarterLaw } from '../law/starter-laws.ts';
import type { KeptDecision } from '../sharing.ts';
import { reasonsOf } from './reasons-of.ts';

const law = parseLaw(readStarterLaw('open'));
const kept = (lawHash: string, ...ruleIds: string[]): KeptDecision => ({
  object: undefined,
  modifiedUs: undefined,
  recipient: 'client:works',
  action: 'forward',
  result: 'deny',
  ruleIds,
  lawHash,
  firstUs: 0,
  lastUs: 0,
  count: 1,
});

test('a kept decision is told with the rules of the law it was made under, each law read once', () => {
  const asked: string[] = [];
  const laws = {
    get(hash: string) {
      asked.push(hash);
      if (hash !== law.hash) throw new ComityError('NOT_FOUND', 'Cannot find it');
      return { law, entry: { hash, name: '', state: 'past', proposedBy: '', proposedUs: 0 } as never };
    },
  };
  const found = reasonsOf(
    [
      kept(law.hash, 'floor.tlp-red', 'open.community'),
      kept('gone', 'open.community', 'law.no-permit'),
      kept('gone', 'floor.tlp-red', 'floor.no-such-rule'),
    ],
    laws,
  );
  const told = found.map((reasons) => reasons.map(({ layer, ruleId }) => `${layer} ${ruleId}`));
  assert.deepEqual(told, [
    ['floor floor.tlp-red', 'law open.community'],
    ['law law.no-permit'],
    ['floor floor.tlp-red'],
  ]);
  assert.ok(found.flat().every(({ says, citation }) => says !== '' && citation !== ''));
  assert.deepEqual(asked, [law.hash, 'gone']);
});
