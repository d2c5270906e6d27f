import { ComityError, quote } from '@comity/protocol/base';

/** The error for a file or folder the system does not let us read. */
export function unreadable(path: string, cause: unknown): ComityError {
  if (cause instanceof ComityError) return cause;
  const code = (cause as { code?: string } | undefined)?.code;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ELOOP: 'its links run in a circle',
    ENAMETOOLONG: 'its name is too long',
  };
  const reason =
    (code === undefined ? undefined : reasons[code]) ?? (cause instanceof Error ? cause.message : String(cause));
  return new ComityError('FILE_UNREADABLE', `Cannot read ${quote(path)}: ${reason}`, { cause });
}
