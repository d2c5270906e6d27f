import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { ComityError, isJsonObject, limits, parseJson } from '@comity/protocol/base';
import type { OwnMemberView } from '@comity/protocol/api';
import { fileError } from '../file-error.ts';
import { loadSecret } from '../load-secret.ts';
import { jsonText, plain, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';
import { sayingText } from './members.ts';

interface ProfileFlags {
  readonly name: string | undefined;
  readonly country: string | undefined;
  readonly sector: readonly string[];
  readonly url: string | undefined;
  readonly 'contact-email': string | undefined;
  readonly 'contact-phone': string | undefined;
}

export const initMember: NodeCommand<'member init'> = async ({ flags }, client, terminal) => {
  const { name } = flags;
  if (name === undefined)
    throw new ComityError('ARGUMENT_INVALID', 'Cannot make this node a member: --name says what you are called');
  const own = await client.initMember({ body: { ...profileOf(flags), name } });
  await write(terminal.stdout, flags.json ? jsonText(own) : ownText(own));
  return 0;
};

export const changeMember: NodeCommand<'member change'> = async ({ flags }, client, terminal) => {
  const own = await client.changeMember({ body: profileOf(flags) });
  await write(terminal.stdout, flags.json ? jsonText(own) : ownText(own));
  return 0;
};

export const showMember: NodeCommand<'member show'> = async ({ flags, positionals: [id] }, client, terminal) => {
  if (id !== undefined) {
    const member = await client.getMember({ params: { id } });
    await write(terminal.stdout, flags.json ? jsonText(member) : sayingText(member));
    return 0;
  }
  const own = await client.ownMember();
  await write(terminal.stdout, flags.json ? jsonText(own) : ownText(own));
  return own.member === undefined ? 1 : 0;
};

/** What of a file of a recovery key is read; it says whose it is, for whoever finds it in ten years. */
const fileType = 'comity-recovery';

export const exportRecovery: NodeCommand<'member export-recovery'> = async (
  { positionals: [file = ''] },
  client,
  terminal,
) => {
  const { member, keyId, seed } = await client.showRecovery();
  writeDurably(file, jsonText({ type: fileType, member, keyId, seed }));
  // On the disk by now: if we stop here, the key is in both places, and the command can be given again with another file.
  await client.forgetRecovery({ query: { keyId } });
  await write(terminal.stdout, `${plain(file)} has the announced key, and the node no more\n`);
  return 0;
};

export const rotateMember: NodeCommand<'member rotate'> = async ({ flags }, client, terminal) => {
  const file = flags.recovery;
  const rotated = await client.rotateMember({
    body: { recovery: file === undefined ? undefined : seedOf((await loadSecret(file)) ?? '', file) },
  });
  const text = `${rotated.step}: new keys are in force from description ${rotated.sequence} on\n`;
  await write(terminal.stdout, flags.json ? jsonText(rotated) : text);
  return 0;
};

function seedOf(text: string, file: string): string {
  const json = parseJson(text, limits.requestBodyBytesMax, file);
  if (isJsonObject(json) && json['type'] === fileType && typeof json['seed'] === 'string') return json['seed'];
  throw new ComityError('ARGUMENT_INVALID', `Cannot use ${plain(file)}: it is no file of a recovery key`);
}

/** For its owner only from the first byte on; nothing is written over. @throws {ComityError} `FILE_UNREADABLE`. */
function writeDurably(file: string, text: string): void {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw fileError('write', file, cause);
  }
}

function profileOf(flags: ProfileFlags) {
  const [email, phone] = [flags['contact-email'], flags['contact-phone']];
  const hasContact = email !== undefined || phone !== undefined;
  return {
    name: flags.name,
    country: flags.country,
    sectors: flags.sector.length === 0 ? undefined : [...flags.sector],
    url: flags.url,
    contacts: hasContact ? [{ role: 'technical' as const, email, phone }] : undefined,
  };
}

function ownText({ member }: OwnMemberView): string {
  if (member === undefined) return 'this node is no member: comity member init --name NAME makes it one\n';
  const recovery = member.holdsRecovery
    ? 'on this node: take it elsewhere with comity member export-recovery'
    : 'elsewhere';
  return `${sayingText(member)}recovery key  ${recovery}\n`;
}
