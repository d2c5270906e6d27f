/** TLP 2.0 by how strict it is, 0 to 4. Written out here on purpose: the guard is to be right when another table is wrong. */
export const gradeWords = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
/** AMBER. */
export const amberGrade = 2;
/** Of what bears no label, or none that can be read. */
export const strictGrade = 3;

/** What was read of one thing that is about to leave. */
export interface Reading {
  /** For the message. */
  readonly what: string;
  /** Place in {@link gradeWords}; undefined: it bears no label. */
  readonly grade: number | undefined;
  /** Lower case, the strictest; undefined: it bears none. */
  readonly pap: string | undefined;
  /** Why it may not leave the organisation whatever its label, a clause. */
  readonly obstacle: string | undefined;
}

/** `TLP:AMBER+STRICT`, in any case and with the spellings of tools; undefined when it is none. */
export function gradeOfLabel(label: string): number | undefined {
  const word = label
    .toUpperCase()
    .replace(/^TLP:/, '')
    .replaceAll(/[\s_-]/g, '+');
  if (word === 'WHITE') return 0;
  const grade = gradeWords.findIndex((each) => each === word);
  return grade < 0 ? undefined : grade;
}

const papWords = ['clear', 'green', 'amber', 'red'];

/** The stricter of two PAP words; a word that is none counts as red. */
export function stricterPap(a: string | undefined, b: string): string {
  const of = (word: string): number => {
    const at = papWords.indexOf(word === 'white' ? 'clear' : word);
    return at < 0 ? papWords.length - 1 : at;
  };
  return papWords[Math.max(a === undefined ? 0 : of(a), of(b))] ?? 'red';
}
