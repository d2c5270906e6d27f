/** A pattern on which the OASIS matcher and we answer differently, and the section of STIX 2.1 that decides. */
export interface Disagreement {
  readonly pattern: string;
  readonly section: string;
  readonly why: string;
}

const window = {
  section: '9.5.1',
  why: 'the last observation MUST NOT be as late as the first plus the window; the matcher lets it',
};
const twice = {
  section: '9.5.1',
  why: 'no more than one qualifier of a type on an observation; the matcher evaluates them',
};

/** Every one there is among the matcher's own tests and in the matrix; docs/spec/pattern-semantics.md shows them. */
export const disagreements: readonly Disagreement[] = [
  { pattern: "[person:name > 'aaron'] REPEATS 5 TIMES WITHIN 1 SECONDS", ...window },
  { pattern: "([person:name = 'alice'] AND [person:name < 'carol']) WITHIN 5 SECONDS", ...window },
  { pattern: "([person:name='alice'] AND [person:name='bob']) WITHIN 1 SECONDS", ...window },
  { pattern: "([person:name='alice'] AND [person:name='bob']) WITHIN 2 SECONDS", ...window },
  { pattern: '[person:age < 20] REPEATS 2 TIMES REPEATS 2 TIMES', ...twice },
  { pattern: '[person:age < 20] REPEATS 2 TIMES REPEATS 3 TIMES', ...twice },
  { pattern: '[person:age < 20] REPEATS 2 TIMES REPEATS 5 TIMES', ...twice },
  { pattern: '[person:age < 20] REPEATS 5 TIMES REPEATS 2 TIMES', ...twice },
];
