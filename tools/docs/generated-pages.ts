import { errorCodes } from '@comity/protocol/base';
import { rules } from '@comity/protocol/stix';
import { apiReference } from './api-reference.ts';
import { commandReference } from './command-reference.ts';
import { errorReference } from './error-reference.ts';
import { stixRulesReference } from './stix-rules-reference.ts';

/** Every generated page: its path from the root of the repository, and its text as it must be. */
export function generatedPages(): Record<string, string> {
  return {
    'docs/reference/errors.md': errorReference(errorCodes),
    'docs/reference/commands.md': commandReference(),
    'docs/reference/api.md': apiReference(),
    'docs/reference/stix-rules.md': stixRulesReference(rules),
  };
}
