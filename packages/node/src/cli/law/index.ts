export { checkLaws, failureText, testLaws } from './check-laws.ts';
export { readLawFile } from './law-file.ts';
