import { ComityError, quote } from '@comity/protocol/base';

const reasons: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be opened by this user',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'no space is left',
  EROFS: 'it is on a disk that cannot be written',
};

/** The error of a file that could not be read or written, in plain words. */
export function fileError(action: 'read' | 'write', file: string, cause: unknown): ComityError {
  const { code, message } = (cause ?? {}) as { code?: string; message?: unknown };
  const reason = reasons[code ?? ''] ?? String(message ?? cause);
  return new ComityError('FILE_UNREADABLE', `Cannot ${action} ${quote(file)}: ${reason}`, { cause });
}
