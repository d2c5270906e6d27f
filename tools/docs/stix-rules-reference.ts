interface Rule {
  readonly severity: string;
  readonly section?: string;
  readonly check?: number;
  readonly sentence: string;
}

/** The reference page of the validator's rules, generated from their registry. */
export function stixRulesReference(rules: Readonly<Record<string, Rule>>): string {
  const rows = Object.entries(rules).map(([code, rule]) => {
    const section = rule.section === undefined ? 'of the object' : rule.section.replace(/^(?=\d)/, '§');
    return `| \`${code}\` | ${rule.severity} | ${section} | ${rule.check ?? ''} | ${rule.sentence} |`;
  });
  return [
    '# Rules of the STIX validator',
    '',
    'Generated from `packages/protocol/src/stix/validate/rules.ts` by `npm run docs`. A finding carries the code of its rule. An error breaks a MUST of STIX 2.1,',
    'a warning a SHOULD. "Check" is the number of the same check in stix2-validator; vocabularies have one each, from 211 to 245. How to read the verdicts, and',
    'where they differ from those of other tools, is in [STIX validation](../spec/stix-validation.md).',
    '',
    '| code | severity | section | check | what it asks for |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
