export { createAccess, sessionLifetimeMs } from './access.ts';
export type { Access, Caller, Token } from './access.ts';
export { createRateLimit } from './rate-limit.ts';
export { accessSchema } from './schema.ts';
export type { RandomBytes } from './secret.ts';
export { createSignInCode } from './sign-in-code.ts';
export type { SignInCode } from './sign-in-code.ts';
export { tokenOfHeader } from './token-of-header.ts';
