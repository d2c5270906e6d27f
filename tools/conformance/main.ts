import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../source-files.ts';
import { peerVectors } from './peer-vectors.ts';

// `npm run vectors:write`: writes the vectors other implementations of our formats are held against.
const dir = join(repositoryDir, 'conformance/peer');
mkdirSync(dir, { recursive: true });
for (const [name, text] of peerVectors()) writeFileSync(join(dir, name), text);
