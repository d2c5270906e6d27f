import type { Command } from './flag-shape.ts';
import { placeholders } from './shared-flags.ts';

const command = <const C extends Command>(value: C): C => value;

/** Commands on documents, rules and patterns, none of which needs a node. */
export const checkingCommands = [
  command({
    name: 'validate',
    summary: 'Check STIX documents against the standard',
    details:
      'One line a finding: file, place, severity, code, what to do, section of STIX 2.1. A MUST that is broken is an error, ' +
      'a SHOULD a warning. Exit 1 when there is an error. Bundles, envelopes, arrays and single objects are read; STIX 2.0 ' +
      'is judged as it reads in 2.1.',
    positionals: [{ name: 'FILE', many: true, completes: 'file' }],
    flags: [
      {
        name: 'profile',
        value: 'PROFILE',
        choices: ['spec', 'strict', 'interop'],
        default: 'spec',
        help: 'strict makes warnings errors; interop asks for what STIX 2.1 Interoperability asks of a producer',
      },
      { name: 'errors', help: 'Print errors only; warnings are still counted' },
      { name: 'json', help: 'Print one JSON object a finding' },
    ],
  }),
  command({
    name: 'rules check',
    summary: 'Check Sigma rules: which can be used, and why others cannot',
    details:
      'One line a finding: file, line, place in the rule, severity, code, what is wrong. Rules, correlations and filters of ' +
      'all files are taken together, since they refer to each other. Exit 1 when one cannot be used.',
    positionals: [{ name: 'FILE', many: true, completes: 'file' }],
    flags: [
      placeholders,
      { name: 'errors', help: 'Print errors only; warnings are still counted' },
      { name: 'json', help: 'Print one JSON object a finding' },
    ],
  }),
  command({
    name: 'pattern check',
    summary: 'Check the syntax of STIX patterns',
    details: 'A lone - reads one pattern a line from standard input. Exit 1 when one is not valid.',
    positionals: [{ name: 'PATTERN', many: true }],
    flags: [{ name: 'json', help: 'Print one JSON object a pattern' }],
  }),
  command({
    name: 'pattern match',
    summary: 'Evaluate a STIX pattern on observed data',
    details:
      'FILE holds a STIX bundle, an envelope or an array with observed-data and what it refers to; each file is judged by ' +
      'itself. Exit 0 when one matches, 1 when none does, 2 when one cannot be read.',
    positionals: [{ name: 'PATTERN' }, { name: 'FILE', many: true, completes: 'file' }],
    flags: [{ name: 'json', help: 'Print one JSON object a file' }],
  }),
  command({
    name: 'pattern explain',
    summary: 'Say in words what a STIX pattern asks for',
    details: 'Also which of its values the screen looks for, and why not all of it when values alone do not decide.',
    positionals: [{ name: 'PATTERN' }],
    flags: [{ name: 'json', help: 'Print JSON instead of words' }],
  }),
] as const;
