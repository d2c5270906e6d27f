/** Candidates one `admit` takes: one transaction. Larger ones write each page of the indexes less often. */
export const admitBatchMax = 8000;
/** A value that more objects share says nothing about any of them: correlations stop there and say so. */
export const correlationCutOff = 1000;
/** Held-back and rejected rows an import keeps; the others are counted. */
export const importRowsMax = 10_000;
/** How far ahead of the clock a version may call itself, µs: clocks differ, and a day of time zones is a common mistake. */
export const modifiedAheadUsMax = 86_400_000_000;
/** Contents kept beside the one of an object that counts; a source that sends more is told so. */
export const variantsMax = 16;
/** Objects one report, note or grouping may refer to and be indexed for. */
export const referencesMax = 10_000;
/** Transactions whose change of the screen's table is kept; a worker further behind starts afresh. */
export const deltasKept = 4096;
/** Objects of one import that are checked against the standard; its report says so. */
export const validatedMax = 1000;
/** Longest text a search takes. */
export const searchTextCharsMax = 256;
