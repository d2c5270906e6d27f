import { isWithUrl, kindOf, noEntry, offsetOf, placeKinds } from '../kernel/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { JustSeen } from '../seen/index.ts';
import type { SeenKeys } from '../seen/index.ts';
import { scanAddressRun } from './address-run.ts';
import { seeDigestAt } from './digest.ts';
import type { ScanState } from './scan-state.ts';
import { seeIpv6 } from './see-values.ts';
import { seeTokenAt } from './token.ts';

/** What each kernel met lately. */
const spaces = new WeakMap<Kernel, JustSeen>();

/**
 * Notes the values of what a kernel looked through last: those it met a moment ago are counted by it, the others are looked at as the
 * matcher does. Both ways the same keys are noted.
 *
 * @param state - of the same bytes, with `seen`.
 */
export function notePlaces(kernel: Kernel, state: ScanState, seen: SeenKeys): void {
  const space = spaces.get(kernel) ?? new JustSeen(kernel.notes.entries);
  spaces.set(kernel, space);
  const { saltLow, saltHigh } = seen.join(space);
  const { news } = kernel.notes;
  const count = kernel.see(saltLow, saltHigh);
  for (let at = 0; at < 3 * count; at += 3) {
    const entry = news[at + 1]!;
    if (entry === noEntry) {
      notePlace(state, news[at]!, seen);
      continue;
    }
    // Its turn has come: from here on the entry stands for what is at this place.
    const times = news[at + 2]!;
    if (times > 0) {
      if (space.isPending(entry)) seen.flush();
      space.credit(entry, times);
    }
    space.hold(entry);
    seen.beginPlace(entry);
    notePlace(state, news[at]!, seen);
    const values = seen.endPlace();
    if (values === 0) space.ignore(entry);
    else if (values > 1) space.forget(entry);
  }
}

function notePlace(state: ScanState, place: number, seen: SeenKeys): void {
  const at = state.from + offsetOf(place);
  // The kernel has counted the URLs inside URLs.
  state.seesUrls = isWithUrl(place);
  state.seenUrls = 0;
  switch (kindOf(place)) {
    case placeKinds.atColon:
      scanAddressRun(state, at, state.from, seeIpv6);
      return;
    case placeKinds.inDigits:
      seeDigestAt(state, at, seen);
      return;
    default:
      seeTokenAt(state, at, seen);
  }
}
