export { contactRoles } from './contact-roles.ts';
export type { ContactRole } from './contact-roles.ts';
export { descriptorLifetimeDaysMax } from './descriptor-form.ts';
export type { DescriptorBody, MemberContact } from './descriptor-form.ts';
export { parseDescriptor, signDescriptor, timeOfDescriptor } from './descriptor.ts';
export type { Descriptor, KeyRole, MemberKey, MemberSigner } from './descriptor.ts';
export {
  governanceKey,
  parseDescriptors,
  printDescriptors,
  verifyDescriptorChain,
  verifyNextDescriptor,
} from './chain.ts';
export type { DescriptorChain, DescriptorStep } from './chain.ts';
export { findDoubleSpeaking, verifyDoubleSpeaking } from './double-speaking.ts';
export type { DoubleSpeaking } from './double-speaking.ts';
export { descriptorFaults } from './fault.ts';
export type { DescriptorFault } from './fault.ts';
export { acceptanceMessage, parseInvitation, printInvitation } from './invitation.ts';
export type { Invitation } from './invitation.ts';
export { keyIdOf } from './key-id.ts';
export type { KeyId } from './key-id.ts';
export { printMessageKeyName, recogniseMessageKeyName } from './message-key.ts';
export type { MessageKeyName } from './message-key.ts';
