import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@comity/protocol/base';
import { repositoryDir } from '../source-files.ts';
import { errorReference } from './error-reference.ts';

writeFileSync(join(repositoryDir, 'docs/reference/errors.md'), errorReference(errorCodes));
