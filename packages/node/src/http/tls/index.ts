export type { TlsFiles } from './load-identity.ts';
export { openTlsListener } from './open-tls-listener.ts';
export type { TlsListener } from './open-tls-listener.ts';
