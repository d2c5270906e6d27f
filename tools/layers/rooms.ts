/**
 * The house as a table: each room and the rooms its files may import. What is not listed is forbidden.
 *
 * A room is a folder (or one file). The longest matching prefix decides which room a file is in. Tests, and `testkit`,
 * may look into any room below their own package; `types` marks rooms of which only types may be imported.
 */
export interface Room {
  readonly path: string;
  readonly imports: readonly string[];
  readonly types?: readonly string[];
}

const protocol = (subject: string): string => `packages/protocol/src/${subject}`;
const node = (subject: string): string => `packages/node/src/${subject}`;
const wire = [protocol('base'), protocol('values'), protocol('markings')];
const wholeProtocol = [
  ...wire,
  protocol('sharing'),
  protocol('stix'),
  protocol('misp'),
  protocol('pattern'),
  protocol('sigma'),
  protocol('taxii'),
  protocol('tlog'),
  protocol('acts'),
  protocol('peer'),
  protocol('members'),
  protocol('signed-http'),
  protocol('lookup'),
  protocol('charter'),
  protocol('api'),
  protocol('client'),
];
const ground = [...wholeProtocol, 'packages/screen/src'];
const subjects = [
  'intel',
  'screening',
  'sharing',
  'taxii',
  'misp',
  'lists',
  'outlets',
  'lookup',
  'federation',
  'members',
].map(node);

export const rooms: readonly Room[] = [
  { path: protocol('base'), imports: [] },
  { path: protocol('values'), imports: [protocol('base')] },
  { path: protocol('markings'), imports: [protocol('base')] },
  { path: protocol('sharing'), imports: [], types: [protocol('base'), protocol('markings')] },
  { path: protocol('stix'), imports: [...wire, protocol('pattern')] },
  { path: protocol('misp'), imports: [...wire, protocol('pattern')], types: [protocol('stix')] },
  { path: protocol('pattern'), imports: wire },
  { path: protocol('sigma'), imports: wire },
  { path: protocol('taxii'), imports: [protocol('base')] },
  { path: protocol('tlog'), imports: [protocol('base')] },
  { path: protocol('acts'), imports: [protocol('base'), protocol('tlog')] },
  {
    path: protocol('peer'),
    imports: [protocol('base'), protocol('markings'), protocol('sharing'), protocol('tlog'), protocol('acts')],
  },
  // Descriptors prove possession of the keys logs and witnesses sign with.
  { path: protocol('members'), imports: [protocol('base'), protocol('tlog')] },
  {
    path: protocol('members/descriptors-for-tests.ts'),
    imports: [protocol('base'), protocol('tlog'), protocol('members'), 'packages/testkit/src'],
  },
  // Votes stand in members' ledgers, whose keys their descriptors name.
  {
    path: protocol('charter'),
    imports: [protocol('base'), protocol('tlog'), protocol('acts'), protocol('members')],
    types: [protocol('sharing')],
  },
  { path: protocol('signed-http'), imports: [protocol('base')], types: [protocol('tlog')] },
  { path: protocol('api'), imports: [...wire, protocol('sharing'), protocol('members'), protocol('peer')] },
  // A holder shows the key it has published in its ledger.
  { path: protocol('lookup'), imports: [...wire, protocol('tlog'), protocol('acts')] },
  { path: protocol('api'), imports: [...wire, protocol('sharing')] },
  { path: protocol('client'), imports: [...wire, protocol('api')] },

  { path: 'packages/screen/src', imports: wholeProtocol },
  // The kernel, in AssemblyScript.
  { path: 'packages/screen/assembly', imports: [] },

  { path: node('store'), imports: wholeProtocol },
  { path: node('intel'), imports: [...wholeProtocol, node('store')] },
  { path: node('screening'), imports: [...ground, node('store')] },
  // Knows objects only by what it is handed: what it decides cannot depend on how they are stored.
  { path: node('sharing'), imports: [...wholeProtocol, node('store')] },
  // A way out: what it sends comes of sharing's exit. Knows others by their types alone.
  {
    path: node('taxii'),
    imports: wholeProtocol,
    types: [node('store'), node('intel'), node('sharing')],
  },
  // A way out and in: what goes to a member comes of sharing's exit. The ledger and the members are arguments.
  {
    path: node('federation'),
    imports: wholeProtocol,
    types: [node('store'), node('intel'), node('screening'), node('sharing')],
  },
  // A way out whose records only whoever knows a value can read; asks others the same way.
  {
    path: node('lookup'),
    imports: [...wholeProtocol, node('sharing')],
    types: [node('store'), node('intel'), node('audit')],
  },
  {
    path: node('lookup/house-for-tests.ts'),
    imports: [...wholeProtocol, node('lookup'), node('sharing'), node('store'), node('intel')],
  },
  // Text out of values.
  { path: node('lists'), imports: wholeProtocol, types: [node('intel')] },
  {
    path: node('misp'),
    imports: wholeProtocol,
    types: [node('store'), node('intel'), node('sharing'), node('taxii')],
  },
  // What this node says and sees in logs: bytes to it. What an entry means is known to whoever appends it.
  { path: node('ledger'), imports: [...wholeProtocol, node('store'), node('keys')] },
  // The platform's cryptography; no key is kept in it.
  { path: node('keys'), imports: wholeProtocol },
  // Who the members are. The network, the recipients and the trail are arguments.
  { path: node('members'), imports: [...wholeProtocol, node('store'), node('keys')] },
  // Who did what. Knows nobody: whoever does something tells it.
  { path: node('audit'), imports: [...wholeProtocol, node('store')] },
  { path: node('sample'), imports: wholeProtocol },
  { path: node('connectors'), imports: [...ground, node('store'), node('intel')] },
  // A way out, as taxii and misp are: matches, to tools.
  {
    path: node('outlets'),
    imports: [...ground, node('connectors')],
    types: [node('store'), node('screening'), node('sharing')],
  },
  { path: node('jobs'), imports: [...wholeProtocol, ...subjects, node('connectors')] },
  {
    path: node('http'),
    imports: [
      ...wholeProtocol,
      node('store'),
      node('audit'),
      ...subjects,
      node('ledger'),
      node('connectors'),
      node('jobs'),
      node('sample'),
    ],
  },
  { path: node('version.ts'), imports: [] },
  { path: node('value-reader.ts'), imports: [node('store'), node('intel')], types: [node('screening')] },
  { path: node('compose.ts'), imports: [...ground, node('')] },
  { path: node('compose-federation.ts'), imports: [...ground, node('')] },
  { path: node('compose-ledgers.ts'), imports: ground, types: [node('federation'), node('ledger')] },
  { path: node('compose-lookup.ts'), imports: [...ground, node('')] },
  { path: node('access-file.ts'), imports: [] },
  { path: node('frugal-heap.ts'), imports: [] },
  { path: node('node-for-tests.ts'), imports: [...wholeProtocol, node('compose.ts')] },
  {
    path: node('cli'),
    imports: [
      ...ground,
      node('compose.ts'),
      node('version.ts'),
      node('connectors'),
      node('intel'),
      node('sharing'),
      node('outlets'),
      node('ledger'),
    ],
  },
  { path: node('main.ts'), imports: [...ground, node('cli'), node('compose.ts')] },

  { path: 'packages/web', imports: wholeProtocol },
  { path: 'packages/testkit/src', imports: [...wholeProtocol, 'packages/screen/src'] },
  { path: 'tools', imports: ['packages', 'tools', 'bench'] },
  { path: 'bench', imports: ['packages', 'tools', 'bench'] },
];

/** Packages the isomorphic and the browser rooms must not touch: they have no files, sockets or processes. */
export const isomorphicRooms: readonly string[] = ['packages/protocol/src', 'packages/web/src'];
