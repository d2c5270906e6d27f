import { recogniseMessageKeyName, timeOfDescriptor } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';

/** The public key a message says it is signed with, when it is one of a descriptor in force; undefined otherwise. */
export function messageKeyOf(descriptor: Descriptor, keyName: string, nowMs: number): Uint8Array | undefined {
  const name = recogniseMessageKeyName(keyName);
  if (name?.member !== descriptor.member || timeOfDescriptor(descriptor, nowMs) !== 'in-force') return undefined;
  return descriptor.keys.find(({ role, id }) => role === 'message' && id === name.key)?.publicKey;
}
