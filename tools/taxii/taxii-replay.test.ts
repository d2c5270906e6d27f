import assert from 'node:assert/strict';
import test from 'node:test';
import { replay } from './replay.ts';

const exchange = {
  name: 'planted',
  method: 'GET',
  path: '/trustgroup1/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/',
  headers: { Accept: 'application/taxii+json;version=2.1', Authorization: 'Basic' },
  body: undefined,
};

test('a status that differs and that nobody explained is seen', async () => {
  const exchanges = [200, 418, 500].map((status) => ({ ...exchange, status }));
  const { same, differences } = await replay({ name: 'planted', exchanges, objects: [] });
  assert.equal(same, 1);
  assert.deepEqual(
    differences.map(({ ours, because }) => [ours, because]),
    [
      [200, undefined],
      [200, undefined],
    ],
  );
});
