import type { Decision, ObjectFacets, RecipientFacets, SharingAction } from '@comity/protocol/sharing';
import { decide } from './decide.ts';
import type { Rules } from './decide.ts';

export type Decide = (object: ObjectFacets, recipient: RecipientFacets, action: SharingAction) => Decision;

/** Decisions kept, some 200 bytes each; then all are forgotten: facets take a few hundred forms unless somebody invents types. */
const decisionsKeptMax = 50_000;

/**
 * {@link decide} under fixed rules, each question answered once. Other rules, another one of these: what was decided under a
 * law that is no longer in force cannot be found again.
 */
export function memoisedDecide(rules: Rules, keptMax = decisionsKeptMax): Decide {
  let kept = 0;
  let byRecipient = new Map<string, Map<string, Decision>>();
  const keys = new WeakMap<RecipientFacets, string>();
  return (object, recipient, action) => {
    let recipientKey = keys.get(recipient);
    if (recipientKey === undefined) keys.set(recipient, (recipientKey = keyOfRecipient(recipient)));
    let decisions = byRecipient.get(recipientKey);
    if (decisions === undefined) byRecipient.set(recipientKey, (decisions = new Map<string, Decision>()));
    const key = keyOfObject(object, action);
    const known = decisions.get(key);
    if (known !== undefined) return known;
    if (kept >= keptMax) {
      kept = 0;
      byRecipient = new Map([[recipientKey, (decisions = new Map<string, Decision>())]]);
    }
    const decision = decide(object, recipient, action, rules);
    decisions.set(key, decision);
    kept += 1;
    return decision;
  };
}

/** All that a decision knows, in one text. Words hold no blanks, names are quoted: no two facets have the same. */
function keyOfObject(object: ObjectFacets, action: SharingAction): string {
  const { iep, groups, persons } = object;
  return (
    `${action} ${object.tlp} ${object.pap} ${object.unreadMarking} ${object.caveat} ${object.origin} ` +
    `${object.personalData} ${object.lease} ${object.hopsLeft} ${JSON.stringify(object.type)} ` +
    (iep === undefined && groups.length === 0 && persons.length === 0 ? '' : JSON.stringify([iep, groups, persons]))
  );
}

function keyOfRecipient(recipient: RecipientFacets): string {
  const { key, kind, groups, sector, country, channel } = recipient;
  return JSON.stringify([key, kind, groups, sector, country, channel.encrypted, channel.hidesOrigin]);
}
