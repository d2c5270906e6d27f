export { verifyCharter } from './verify-charter.ts';
