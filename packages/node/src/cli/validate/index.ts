export { validateFiles } from './validate-files.ts';
