export { checkRules } from './check-rules.ts';
export { loadPlaceholders } from './load-placeholders.ts';
export { isRuleFile } from './rule-file.ts';
