import { ComityError } from '@comity/protocol/base';
import type { TableRow } from '../table/index.ts';
import type { DigestList } from './digest-list.ts';
import type { DigestKind } from './digests.ts';
import type { DigestedPart, Fault } from './outcome.ts';

/** Where something was found. */
export interface FilePlace {
  /** The path, joined below the folder that was named; bytes that are no UTF-8 stand as U+FFFD. Untrusted. */
  readonly file: string;
  /** The path as the system has it; present only where `file` does not say it whole. */
  readonly fileBytes?: Uint8Array;
  /** Place in the archive `file` is: `inner.zip/x.exe`, `report.doc` of a `report.doc.gz`. Untrusted. */
  readonly member?: string;
}

/** A file, or a member of one, with a listed digest. */
export interface FileMatch extends FilePlace {
  readonly type: 'match';
  /** The digest, lower-case hexadecimal; that of the indicator as well. */
  readonly value: string;
  readonly kind: DigestKind;
  readonly relation: 'exact';
  readonly indicator: string;
  /** Who lists it. */
  readonly rows: readonly TableRow[];
}

/** A file, folder or member that could not be read, and why. */
export interface FileFault extends FilePlace {
  readonly type: 'fault';
  readonly error: ComityError;
}

export type FileFinding = FileMatch | FileFault;

function placeOf(path: Uint8Array, member: string | undefined): FilePlace {
  const bytes = Buffer.from(path);
  const file = bytes.toString();
  return {
    file,
    ...(!Buffer.from(file).equals(bytes) && { fileBytes: bytes }),
    ...(member !== undefined && { member }),
  };
}

/** The listed ones among the digests of a file or member. */
export function* matchesOf(list: DigestList, path: Uint8Array, part: DigestedPart): Generator<FileMatch> {
  for (const kind of list.kinds) {
    const value = part.digests[kind];
    const rows = value === undefined ? undefined : list.find(value);
    if (value === undefined || rows === undefined) continue;
    const place = placeOf(path, part.member);
    yield { type: 'match', ...place, value, kind, relation: 'exact', indicator: value, rows };
  }
}

/** A fault that came from another thread, as the error it was. */
export function faultFinding(path: Uint8Array, { member, code, message }: Fault): FileFault {
  return { type: 'fault', ...placeOf(path, member), error: new ComityError(code, message) };
}
