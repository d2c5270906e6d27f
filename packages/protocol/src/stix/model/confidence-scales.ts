// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.
import type { ScaleRow } from './rows.ts';

/** Appendix A: the five scales a confidence of 0 to 100 is shown in; a label without numbers means "not specified". */
export const confidenceScales = {
  'none-low-med-high': [
    { label: 'Not Specified' },
    { label: 'None', value: 0, min: 0, max: 0 },
    { label: 'Low', value: 15, min: 1, max: 29 },
    { label: 'Med', value: 50, min: 30, max: 69 },
    { label: 'High', value: 85, min: 70, max: 100 },
  ],
  'zero-ten': [
    { label: 'Not Specified' },
    { label: '0', value: 0, min: 0, max: 4 },
    { label: '1', value: 10, min: 5, max: 14 },
    { label: '2', value: 20, min: 15, max: 24 },
    { label: '3', value: 30, min: 25, max: 34 },
    { label: '4', value: 40, min: 35, max: 44 },
    { label: '5', value: 50, min: 45, max: 54 },
    { label: '6', value: 60, min: 55, max: 64 },
    { label: '7', value: 70, min: 65, max: 74 },
    { label: '8', value: 80, min: 75, max: 84 },
    { label: '9', value: 90, min: 85, max: 94 },
    { label: '10', value: 100, min: 95, max: 100 },
  ],
  admiralty: [
    { label: '6 - Truth cannot be judged' },
    { label: '5 - Improbable', value: 10, min: 0, max: 19 },
    { label: '4 - Doubtful', value: 30, min: 20, max: 39 },
    { label: '3 - Possibly True', value: 50, min: 40, max: 59 },
    { label: '2 - Probably True', value: 70, min: 60, max: 79 },
    { label: '1 - Confirmed by other sources', value: 90, min: 80, max: 100 },
  ],
  wep: [
    { label: 'Not Specified' },
    { label: 'Impossible', value: 0, min: 0, max: 0 },
    { label: 'Highly Unlikely/Almost Certainly Not', value: 10, min: 1, max: 19 },
    { label: 'Unlikely/Probably Not', value: 30, min: 20, max: 39 },
    { label: 'Even Chance', value: 50, min: 40, max: 59 },
    { label: 'Likely/Probable', value: 70, min: 60, max: 79 },
    { label: 'Highly likely/Almost Certain', value: 90, min: 80, max: 99 },
    { label: 'Certain', value: 100, min: 100, max: 100 },
  ],
  dni: [
    { label: 'Not Specified' },
    { label: 'Almost No Chance / Remote', value: 5, min: 0, max: 9 },
    { label: 'Very Unlikely / Highly Improbable', value: 15, min: 10, max: 19 },
    { label: 'Unlikely / Improbable', value: 30, min: 20, max: 39 },
    { label: 'Roughly Even Chance / Roughly Even Odds', value: 50, min: 40, max: 59 },
    { label: 'Likely / Probable', value: 70, min: 60, max: 79 },
    { label: 'Very Likely / Highly Probable', value: 85, min: 80, max: 89 },
    { label: 'Almost Certain / Nearly Certain', value: 95, min: 90, max: 100 },
  ],
} as const satisfies Record<string, readonly ScaleRow[]>;
