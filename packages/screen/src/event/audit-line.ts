import type { JsonObject } from '@comity/protocol/base';

/** Members of one audit record that are read. */
const membersMax = 256;
const head = /^(?:audit(?:d|\(\d+\))?[^:]{0,64}: )?type=([A-Z0-9_[\]]+) msg=audit\((\d{9,11})(?:\.(\d{1,9}))?:\d+\):/;
const member = /([A-Za-z0-9_-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"']*))/y;
/** Members the kernel writes in hexadecimal when they hold a blank, a quote or control characters. */
const maybeHex = /^(?:a\d+|exe|comm|name|cwd|key|proctitle|path|acct)$/;
const hexForm = /^(?:[0-9A-F]{2})+$/;

/**
 * The members of a line of Linux's audit log, those an enriched log adds among them (`SYSCALL=execve`), and of the message
 * of a user record. Hexadecimal values are decoded.
 *
 * @param line - untrusted.
 * @returns undefined when the line is no audit record; `atUs` beside the members.
 */
export function parseAuditLine(line: string): { readonly record: JsonObject; readonly atUs: number } | undefined {
  const found = head.exec(line);
  if (found === null) return undefined;
  const [whole, type = '', seconds = '', fraction = ''] = found;
  const record: JsonObject = { type };
  readMembers(line, whole.length, record);
  return { record, atUs: Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6)) };
}

function readMembers(line: string, from: number, record: JsonObject): void {
  let at = from;
  for (let count = 0; at < line.length && count < membersMax; count++) {
    member.lastIndex = at;
    const found = member.exec(line);
    if (found === null) {
      // Not a member: on with the next word.
      const next = line.slice(at).search(/[\s\u001d][A-Za-z]/);
      if (next < 0) return;
      at += next + 1;
      continue;
    }
    at = member.lastIndex;
    const [, name = '', quoted, single, bare = ''] = found;
    if (name === '__proto__' || Object.hasOwn(record, name)) continue;
    // The message of a user record is members in single quotes.
    if (name === 'msg' && single !== undefined) readMembers(single, 0, record);
    else record[name] = quoted ?? single ?? (maybeHex.test(name) ? decoded(bare) : bare);
  }
}

function decoded(value: string): string {
  if (value.length < 4 || value.length > 65_536 || !hexForm.test(value)) return value;
  // An argument that is a number is written bare as well; text has a letter in it or is long.
  return Buffer.from(value, 'hex').toString('utf8').replaceAll('\u0000', ' ');
}
