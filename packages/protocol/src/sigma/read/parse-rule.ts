import { malformed } from '../sigma-error.ts';
import type { DocumentReader } from './document-reader.ts';
import type { SigmaFilter, SigmaRule } from './rule-shape.ts';

/** A rule from its document. Throws SigmaError. */
export function parseRule(reader: DocumentReader): SigmaRule {
  return {
    kind: 'rule',
    ...reader.meta(),
    logsource: reader.logsource(),
    detection: reader.detection('detection', []),
  };
}

/** A filter from its document. Throws SigmaError. */
export function parseFilter(reader: DocumentReader): SigmaFilter {
  const meta = reader.meta();
  const { rules } = reader.object('filter');
  const names = reader.texts(rules, ['filter', 'rules']);
  if (names.length === 0) malformed('it names no rules to filter', ['filter']);
  return {
    kind: 'filter',
    ...meta,
    logsource: reader.logsource(),
    rules: names,
    detection: reader.detection('filter', ['rules']),
  };
}
