import { relationIndex } from './hits.ts';
import type { ScanState } from './scan-state.ts';

const AT = 64;

/** Reports the listed e-mail addresses that end in the name looked at, whose entry is `host`, or its gate. */
export function reportEmail(state: ScanState, host: number): void {
  const { set, bytes, from, start, end, hits } = state;
  let isMatch = false;
  if (state.rawStart === start && start > from && bytes[start - 1] === AT) {
    for (const entry of set.findEmails(host, bytes, from, start - 1)) {
      if (!set.isListed(entry)) continue;
      isMatch = true;
      hits.push(start - 1 - set.list.length[entry]!, end, entry, relationIndex.exact, -1);
    }
  }
  if (!isMatch) hits.push(start, end, host, relationIndex.gate, -1);
}
