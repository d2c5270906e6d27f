import { parseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { randomHex, randomHost, randomIpv4, randomIpv6, randomPath, randomRegistrable, randomWord } from './names.ts';

/**
 * Invented indicators in the mix of large public feeds: in a hundred 45 names, 20 IPv4 and 2 IPv6 addresses, 3 networks,
 * 14 URLs (a quarter on popular innocent hosts, some on bare addresses), 14 digests, 2 e-mail addresses. The same seed
 * gives the same values, and a smaller set is the beginning of a larger one.
 *
 * @param popularHosts - Innocent hosts that also stand in the logs.
 */
export function* inventIndicators(
  count: number,
  seed: number,
  popularHosts: readonly string[],
): Generator<ListedValue, void, void> {
  const random = createRandom(seed);
  for (let index = 0; index < count; index++) yield inventIndicator(random, popularHosts);
}

function inventIndicator(random: Random, popularHosts: readonly string[]): ListedValue {
  const roll = random.below(1000);
  if (roll < 450)
    return parseValue(
      random.below(3) === 0 ? randomHost(random, 'listed') : randomRegistrable(random, 'listed'),
      'domain',
    );
  if (roll < 650) return parseValue(randomIpv4(random, 'listed'), 'ipv4');
  if (roll < 670) return parseValue(randomIpv6(random), 'ipv6');
  if (roll < 695) return parseValue(`${randomIpv4(random, 'listed', 252)}/${20 + random.below(9)}`, 'ipv4');
  if (roll < 700) return parseValue(`${randomIpv6(random, 0x8000)}/${48 + 8 * random.below(3)}`, 'ipv6');
  if (roll < 840) return parseValue(`http://${urlHost(random, popularHosts)}${randomPath(random)}`, 'url');
  if (roll < 920) return parseValue(randomHex(random, 64), 'sha256');
  if (roll < 940) return parseValue(randomHex(random, 40), 'sha1');
  if (roll < 980) return parseValue(randomHex(random, 32), 'md5');
  return parseValue(`${randomWord(random)}@${randomRegistrable(random, 'listed')}`, 'email');
}

function urlHost(random: Random, popularHosts: readonly string[]): string {
  const roll = random.below(100);
  if (roll < 25) return random.pick(popularHosts);
  return roll < 40
    ? `${randomIpv4(random, 'listed')}${random.below(3) === 0 ? ':8080' : ''}`
    : randomHost(random, 'listed');
}
