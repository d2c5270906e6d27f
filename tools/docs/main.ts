import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../source-files.ts';
import { generatedPages } from './generated-pages.ts';

// `npm run docs`: writes the generated pages of docs/reference anew.
for (const [path, text] of Object.entries(generatedPages())) writeFileSync(join(repositoryDir, path), text);
