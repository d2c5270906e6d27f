import type { Flag } from './flag-shape.ts';

/** Flags that several commands have. */
export const data = {
  name: 'data',
  value: 'DIR',
  completes: 'folder',
  help: 'Data folder. Default: $COMITY_DATA, else comity-data in the current folder',
} as const satisfies Flag;
export const json = { name: 'json', help: 'Print JSON instead of a table' } as const satisfies Flag;
const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export const reliability = {
  name: 'reliability',
  value: 'A-F',
  choices: ['A', 'B', 'C', 'D', 'E', 'F'],
  help: 'Reliability of the source on the Admiralty scale (default F: cannot be judged)',
} as const satisfies Flag;
/** What is ours may be lent to members. */
export const own = {
  name: 'own',
  help: 'It is your own intelligence: other members may be lent it, as your law allows',
} as const;
export const tlp = {
  name: 'tlp',
  value: 'TLP',
  choices: tlps,
  help: 'Marking of what the source leaves unmarked (default amber+strict)',
} as const satisfies Flag;
export const allowPrivate = {
  name: 'allow-private',
  help: 'Let the URL lead to an address that is not public, such as 10.0.0.7 or localhost',
} as const satisfies Flag;
export const tokenFile = {
  name: 'token-file',
  value: 'FILE',
  completes: 'file',
  help: 'File with a bearer token for the server of the URL; it is kept sealed',
} as const satisfies Flag;
export const format = {
  name: 'format',
  value: 'FORMAT',
  help: 'Format of the input (default auto: recognised by its content)',
} as const satisfies Flag;
export const kindFilter = {
  name: 'kind',
  value: 'KIND',
  help: 'Only this kind of value: domain, ipv4, url, sha256, …',
} as const satisfies Flag;
export const stateFilter = {
  name: 'state',
  value: 'STATE',
  help: 'Only this state: active, held-back, expired, revoked, …',
} as const satisfies Flag;
export const sourceFilter = {
  name: 'source',
  value: 'ID',
  help: 'Only from this source, by its id',
} as const satisfies Flag;
export const tlpFilter = {
  name: 'tlp',
  value: 'TLP',
  choices: tlps,
  help: 'Only with this marking',
} as const satisfies Flag;

export const placeholders = {
  name: 'placeholders',
  value: 'FILE',
  completes: 'file',
  help: 'JSON file with the values of placeholders in Sigma rules: {"Servers": ["srv*", "db1"]}',
} as const satisfies Flag;
/** Why something is erased. */
export const erasureReason = {
  name: 'reason',
  value: 'WHY',
  choices: ['personal-data', 'order', 'contract', 'mistake'],
  help: 'Why; it has to be said, and everybody who reads the ledger reads it',
} as const;
