/** Versions kept of one object: what its row numbers have room for. Statements shift by as many bits. */
export const versionsOfObjectMax = 2 ** 20;

/** Row of a version: those of one object follow each other, so that the first needs no index to be found. */
export function versionRefOf(objectRef: number, number: number): number {
  return objectRef * versionsOfObjectMax + number;
}

/** The first and the last row an object's versions may have. */
export function versionRefsOf(objectRef: number): readonly [first: number, last: number] {
  return [versionRefOf(objectRef, 0), versionRefOf(objectRef, versionsOfObjectMax - 1)];
}

/** The object a version is of. */
export function objectRefOf(versionRef: number): number {
  return Math.floor(versionRef / versionsOfObjectMax);
}
