import { assert, parseStixId } from '../base/index.ts';
import type { StixId } from '../base/index.ts';
import { papLabel } from './pap.ts';
import type { Pap } from './pap.ts';
import { tlpLabel } from './tlp.ts';
import type { Tlp } from './tlp.ts';

/** A TLP marking-definition fixed by OASIS: its id and text never change, and no other may stand for the label. */
export interface TlpMarkingObject {
  readonly id: StixId;
  readonly tlp: Tlp;
  readonly version: '2.0' | '1.0';
  /** STIX text. */
  readonly text: string;
}

/** A PAP marking-definition of the published extension. */
export interface PapMarkingObject {
  readonly id: StixId;
  readonly pap: Pap;
  /** STIX text. */
  readonly text: string;
}

/** Extension-definitions that carry markings (OASIS common objects repository). */
export const markingExtensions = {
  tlp2: 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d',
  pap: 'extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b',
  iep: 'extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a',
} as const;

function tlp2(tlp: Tlp, uuid: string): TlpMarkingObject {
  const id = parseStixId(`marking-definition--${uuid}`);
  const text = JSON.stringify({
    type: 'marking-definition',
    spec_version: '2.1',
    id,
    created: '2022-10-01T00:00:00.000Z',
    name: tlpLabel(tlp),
    extensions: { [markingExtensions.tlp2]: { extension_type: 'property-extension', tlp_2_0: tlp } },
  });
  return { id, tlp, version: '2.0', text };
}

function tlp1(tlp: Tlp, colour: string, uuid: string): TlpMarkingObject {
  const id = parseStixId(`marking-definition--${uuid}`);
  const text = JSON.stringify({
    type: 'marking-definition',
    spec_version: '2.1',
    id,
    created: '2017-01-20T00:00:00.000Z',
    definition_type: 'tlp',
    name: `TLP:${colour.toUpperCase()}`,
    definition: { tlp: colour },
  });
  return { id, tlp, version: '1.0', text };
}

function papObject(pap: Pap, word: string, uuid: string, day: string): PapMarkingObject {
  const id = parseStixId(`marking-definition--${uuid}`);
  const text = JSON.stringify({
    type: 'marking-definition',
    spec_version: '2.1',
    id,
    created: `${day}T00:00:00.000Z`,
    name: word === 'white' ? 'PAP:WHITE' : papLabel(pap),
    extensions: { [markingExtensions.pap]: { extension_type: 'property-extension', pap: word } },
  });
  return { id, pap, text };
}

/** The predefined TLP markings, those of 2.0 first (OASIS extension; STIX 2.1 §7.2.1.4 for 1.0). */
export const tlpMarkingObjects: readonly TlpMarkingObject[] = [
  tlp2('clear', '94868c89-83c2-464b-929b-a1a8aa3c8487'),
  tlp2('green', 'bab4a63c-aed9-4cf5-a766-dfca5abac2bb'),
  tlp2('amber', '55d920b0-5e8b-4f79-9ee9-91f868d9b421'),
  tlp2('amber+strict', '939a9414-2ddd-4d32-a0cd-375ea402b003'),
  tlp2('red', 'e828b379-4e03-4974-9ac4-e53a884c97c1'),
  tlp1('clear', 'white', '613f2e26-407d-48c7-9eca-b8e91df99dc9'),
  tlp1('green', 'green', '34098fce-860f-48ae-8e50-ebd3cc5e41da'),
  tlp1('amber', 'amber', 'f88d31f6-486f-44da-b317-01333bde0b82'),
  tlp1('red', 'red', '5e57c739-391a-4eb3-b6be-7d15ca92d5ed'),
];

/** The published PAP markings, CLEAR before its older spelling WHITE. */
export const papMarkingObjects: readonly PapMarkingObject[] = [
  papObject('clear', 'clear', 'ad15a0cd-55b6-4588-a14c-a66105329b92', '2024-03-12'),
  papObject('clear', 'white', 'a3bea94c-b469-41dc-9cfe-d6e7daba7730', '2022-10-01'),
  papObject('green', 'green', 'c43594d1-4b11-4c59-93ab-1c9b14d53ce9', '2022-10-09'),
  papObject('amber', 'amber', '60f8932b-e51e-4458-b265-a2e8be9a80ab', '2022-10-02'),
  papObject('red', 'red', '740d36e5-7714-4c30-961a-3ae632ceee0e', '2022-10-06'),
];

const tlpOfId = new Map<string, Tlp>(tlpMarkingObjects.map(({ id, tlp }) => [id, tlp]));
const papOfId = new Map<string, Pap>(papMarkingObjects.map(({ id, pap }) => [id, pap]));

/** The label a predefined marking-definition stands for, of TLP 2.0 or 1.0; undefined for every other id. */
export function tlpOfMarkingId(id: string): Tlp | undefined {
  return tlpOfId.get(id);
}

/** The label a published PAP marking-definition stands for. */
export function papOfMarkingId(id: string): Pap | undefined {
  return papOfId.get(id);
}

/** The TLP 2.0 marking-definition of a label. */
export function markingIdOfTlp(tlp: Tlp): StixId {
  return idOf(tlpMarkingObjects.find((marking) => marking.tlp === tlp));
}

/** The published marking-definition of a PAP label. */
export function markingIdOfPap(pap: Pap): StixId {
  return idOf(papMarkingObjects.find((marking) => marking.pap === pap));
}

function idOf(marking: { readonly id: StixId } | undefined): StixId {
  assert(marking !== undefined, 'every label has a predefined marking');
  return marking.id;
}
