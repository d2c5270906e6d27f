interface Meaning {
  readonly status: number;
  readonly exit: number;
  readonly sentence: string;
}

/** The reference page of the error codes, generated from their registry. */
export function errorReference(codes: Readonly<Record<string, Meaning>>): string {
  const rows = Object.entries(codes).map(
    ([code, is]) => `| \`${code}\` | ${is.status} | ${is.exit} | ${is.sentence} |`,
  );
  return [
    '# Error codes',
    '',
    'Generated from `packages/protocol/src/base/error.ts` by `npm run docs`. Every operational error carries one of these codes: as `code` in the',
    'problem+json answers of the API (RFC 9457), and as the exit code of a command. Exit code 1 means "the answer is no", 2 "could not".',
    '',
    '| code | HTTP | exit | what it means |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
