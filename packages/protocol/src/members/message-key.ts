import type { MemberId } from '../base/index.ts';
import type { KeyId } from './key-id.ts';

/** Whose key signed a message between nodes, and which: what stands as `keyid` in its signature. */
export interface MessageKeyName {
  readonly member: MemberId;
  readonly key: KeyId;
}

/** `<member>.<key>`, each 64 lower-case hexadecimal digits. */
export function printMessageKeyName({ member, key }: MessageKeyName): string {
  return `${member}.${key}`;
}

/** The name of a key in untrusted text; undefined when it is none. */
export function recogniseMessageKeyName(text: string): MessageKeyName | undefined {
  const [, member, key] = /^([0-9a-f]{64})\.([0-9a-f]{64})$/.exec(text) ?? [];
  return member === undefined ? undefined : { member: member as MemberId, key: key as KeyId };
}
