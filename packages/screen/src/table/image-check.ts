import { nameBytesMin } from './encode.ts';
import { entryColumns, entryFlags, EntryList, entryTags } from './entry-list.ts';
import { EMAIL_HEAD_BYTES, URL_HEAD_BYTES } from './entry-set.ts';
import { BUCKET_WORDS, GOES_ON, SLOTS_A_BUCKET } from './key-index.ts';
import { DIRECTORY_AT, HEADER_AT, HEADER_WORDS, MAGIC, numbers, sections, UNIT_BYTES } from './memory.ts';
import type { Section, SectionSizes, TableMemory } from './memory.ts';
import { rowColumns } from './row-list.ts';

/** Bytes of the sections that have one size, once they are made. */
const fixedSizes: Readonly<Partial<Record<Section, number>>> = {
  nameEnds: 1 << 12,
  ipv4Blocks: 1 << 21,
  ipv4Networks: 1 << 17,
  ipv6Sites: 1 << 17,
  digestStarts: 1 << 19,
  digestLengths: 129,
};
const hostTags: ReadonlySet<number> = new Set([entryTags.name, entryTags.ipv4, entryTags.ipv6]);
const digestBytes: ReadonlySet<number> = new Set([16, 20, 32, 64]);

/**
 * Why a memory that came from outside is no table, in the words of a message; undefined when it can be used: whatever it lists,
 * no look at it leaves its sections or goes on for ever. Linear in its size.
 */
export function faultOfImage(memory: TableMemory): string | undefined {
  if (memory.header[numbers.magic] !== MAGIC) return 'its header is none of a table';
  // A reader would wait for the change to end.
  if (memory.header[numbers.epoch]! % 2 !== 0) return 'it was saved in the middle of a change';
  return sectionFault(memory) ?? countFault(memory) ?? slotFault(memory) ?? rowFault(memory) ?? entryFault(memory);
}

function sectionFault(memory: TableMemory): string | undefined {
  const first = HEADER_AT + HEADER_WORDS * 4;
  if (memory.bytes > memory.memory.buffer.byteLength) return 'it is shorter than its header says';
  for (const name of Object.keys(sections) as Section[]) {
    const at = memory.header[DIRECTORY_AT + sections[name] * 2]!;
    const bytes = memory.sizeOf(name);
    if (bytes === 0 && at === 0) continue;
    if (at < first || at % UNIT_BYTES !== 0 || at + bytes > memory.bytes) return `its section "${name}" lies outside`;
    if (fixedSizes[name] !== undefined && fixedSizes[name] !== bytes) return `its section "${name}" has ${bytes} bytes`;
  }
  return undefined;
}

function countFault(memory: TableMemory): string | undefined {
  const { header } = memory;
  const size = (section: Section): number => memory.sizeOf(section);
  const holds =
    size('slots') === header[numbers.slotCount]! * 8 &&
    size('filter') === 4 * 2 ** (32 - header[numbers.filterShift]!) &&
    size('nameFilter') === 4 * 2 ** (32 - header[numbers.nameFilterShift]!) &&
    holdsAll(memory, entryColumns(header[numbers.entryCount]!)) &&
    holdsAll(memory, rowColumns(header[numbers.rowsUsed]!)) &&
    size('arena') >= header[numbers.arenaLength]! &&
    size('prefixPairs') >= header[numbers.prefixPairCount]! * 8 &&
    (size('ipv4Blocks') === 0) === (size('ipv4Networks') === 0) &&
    (size('digestStarts') === 0) === (size('digestLengths') === 0);
  return holds ? undefined : 'its sections are not of the sizes its header says';
}

function holdsAll(memory: TableMemory, sizes: SectionSizes): boolean {
  return Object.entries(sizes).every(([section, bytes]) => memory.sizeOf(section as Section) >= bytes);
}

/** Every slot leads to an entry, they are as many as is said, and a search ends: some bucket is not full. */
function slotFault(memory: TableMemory): string | undefined {
  const slots = memory.u32('slots');
  const entryCount = memory.header[numbers.entryCount]!;
  if (slots.length % BUCKET_WORDS !== 0) return 'its last bucket is cut';
  let used = 0;
  let isEnding = slots.length === 0;
  for (let bucket = 0; bucket < slots.length; bucket += BUCKET_WORDS) {
    const last = bucket + BUCKET_WORDS - 1;
    for (let at = bucket + SLOTS_A_BUCKET; at <= last; at++) {
      const entry = at === last ? slots[at]! & ~GOES_ON : slots[at]!;
      if (entry > entryCount) return `a slot leads to entry ${entry}, beyond the last`;
      if (entry !== 0) used++;
    }
    if (slots[last] === 0) isEnding = true;
  }
  if (used !== memory.header[numbers.keyCount]) return `it has ${used} keys, and says another number`;
  return isEnding ? undefined : 'it has no free slot';
}

/** A row leads to older ones only, so no list runs in a circle. */
function rowFault(memory: TableMemory): string | undefined {
  const next = memory.u32('rowNext');
  for (let row = 1; row < memory.header[numbers.rowsUsed]!; row++) {
    if (next[row]! >= row) return `row ${row} leads to row ${next[row]}, which is not before it`;
  }
  return undefined;
}

function entryFault(memory: TableMemory): string | undefined {
  const list = new EntryList(memory);
  const rows = memory.header[numbers.rowsUsed]!;
  for (let entry = 0; entry < list.count; entry++) {
    const flags = list.flags[entry]!;
    const isListed = (flags & entryFlags.listed) !== 0 && (flags & entryFlags.rowList) !== 0;
    if (isListed && !(list.row[entry]! > 0 && list.row[entry]! < rows)) return `entry ${entry} has no row`;
    if (!isEntry(memory, list, entry)) return `entry ${entry} is none`;
  }
  return undefined;
}

function isEntry(memory: TableMemory, list: EntryList, entry: number): boolean {
  const arenaLength = memory.header[numbers.arenaLength]!;
  const at = list.at[entry]!;
  const length = list.length[entry]!;
  const hangsOnHost = (headBytes: number): boolean =>
    at + headBytes + length <= arenaLength &&
    list.hostOf(entry) < list.count &&
    hostTags.has(list.tag[list.hostOf(entry)]!);
  switch (list.tag[entry]!) {
    case entryTags.name:
    case entryTags.below:
      return length >= nameBytesMin && at + length <= arenaLength;
    case entryTags.ipv4:
      return length <= 32;
    case entryTags.ipv6:
      return length <= 128 && at + 16 <= arenaLength;
    case entryTags.url:
    case entryTags.prefix:
      return hangsOnHost(URL_HEAD_BYTES);
    case entryTags.email:
      return hangsOnHost(EMAIL_HEAD_BYTES);
    case entryTags.digest:
      return at + length <= arenaLength && digestBytes.has(length);
    default:
      return false;
  }
}
