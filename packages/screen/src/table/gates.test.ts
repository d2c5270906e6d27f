import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gates } from './gates.ts';
import { TableMemory } from './memory.ts';

const perSlash24 = 256;

test('a network of any length opens the gate for all of itself and for no /24 beside it', () => {
  for (let prefixBits = 0; prefixBits <= 32; prefixBits++) {
    const size = 2 ** (32 - prefixBits);
    const network = Math.floor(0xc633_6407 / size) * size;
    const gates = new Gates(new TableMemory());
    gates.openIpv4(network, prefixBits);
    const first = Math.floor(network / perSlash24) * perSlash24;
    const last = first + Math.max(size, perSlash24) - 1;
    for (const inside of [network, network + size - 1, network + Math.floor(size / 2)]) {
      assert.ok(gates.mayHoldIpv4(inside), `${inside} in /${prefixBits}`);
      assert.equal(gates.prefixesOf(inside), prefixBits < 32 ? 1 << prefixBits : 0);
    }
    for (const beside of [first - 1, last + 1].filter((address) => address >= 0 && address < 2 ** 32))
      assert.ok(!gates.mayHoldIpv4(beside), `${beside} beside /${prefixBits}`);
  }
});
