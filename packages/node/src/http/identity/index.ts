export { createProviderClient } from './provider-client.ts';
export type { ProviderClient } from './provider-client.ts';
export { createProviderSignIn, providerSignInLifetimeMs } from './provider-sign-in.ts';
export { SignInProblem } from './provider-problem.ts';
export type { ProviderSignIn } from './provider-sign-in.ts';
