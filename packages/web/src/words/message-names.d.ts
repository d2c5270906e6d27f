import type en from './en.json';

declare module '@lingui/core' {
  interface Register {
    messageIds: keyof typeof en;
  }
}
