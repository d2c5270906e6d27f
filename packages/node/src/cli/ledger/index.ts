export { checkLogAt } from './check-log-at.ts';
export { verifyReceipt } from './verify-receipt.ts';
