/**
 * The kernel: says at which places of an input something listed may stand, at close to the speed at which it can be read.
 *
 * It never misses a place where the matcher in `src/match` finds something; it may name one where the matcher finds nothing. So it
 * compares hashes only, and what a match means stands in the matcher alone. It makes flat passes over the input, each simple
 * enough to be done without decisions that depend on the bytes, since the cost of a matcher is wrongly predicted branches.
 */
import { classify, tokenEndCount, triggerCount } from './classify';
import { scanDigests } from './digests';
import { PATTERN_BYTES, preparePatterns, scanQuads } from './ipv4';
import { scanColons } from './ipv6';
import { scanNames } from './names';
import { beginPlaces, placeCount } from './places';
import { nameCount, quadCount, sortTokens } from './tokens';
import { layOut } from './scratch';
import { beginUrls } from './urls';
import { prepareVectors, VECTOR_BYTES } from './vectors';

export { see } from './see';

export {
  COLON_MASK,
  DIGEST_LENGTHS,
  DIGEST_STARTS,
  DOT_MASK,
  FILTER,
  NAME_FILTER,
  FILTER_SHIFT,
  NAME_FILTER_SHIFT,
  FLAGS,
  GATES_ALL,
  GATES_NONE,
  GATES_PARTED,
  HASH_FACTOR,
  HASH_START,
  HEADER,
  HEADER_BYTES,
  HEX_MASK,
  INPUT,
  IPV4_BLOCKS,
  IPV4_NETWORKS,
  IPV4_PREFIXES,
  IPV6_PREFIXES,
  IPV6_SITES,
  LISTED,
  MAIL_HOST,
  NAME_ENDS,
  NO_ENTRY,
  NO_PORT,
  NOTE_ENTRIES,
  NOTE_KEYS,
  NOTE_KEYS_BYTES,
  NOTE_NEWS,
  NOTE_TABLE,
  NOTES_BYTES,
  HOST_PARENT,
  ODD_HOST,
  PARENT,
  PLACES,
  SCRATCH_BYTES,
  SLOTS,
  SLOT_COUNT,
  TAG,
  TAG_BELOW,
  TAG_DIGEST,
  TAG_EMAIL,
  TAG_IPV4,
  TAG_IPV6,
  TAG_NAME,
  TAG_URL,
  TAIL_UNITS,
  TAIL_UNIT_BYTES,
  TOKEN_MASK,
  URL_HOST,
  WITH_URL,
} from './layout';

/** What {@link prepare} needs. */
export const CONSTANT_BYTES: u32 = VECTOR_BYTES + PATTERN_BYTES;

/**
 * Makes an instance ready: its constant tables, in zeroed memory of `CONSTANT_BYTES`, and the layout of its scratch memory, whose
 * offsets may be read from now on.
 *
 * @param inputBytesMax - the most bytes a scan takes; a multiple of 64, below 2^30.
 */
export function prepare(constants: usize, inputBytesMax: u32): void {
  layOut(inputBytesMax);
  prepareVectors(constants);
  preparePatterns(constants + VECTOR_BYTES);
}

/**
 * Looks through `length` bytes at `input`, at most as many as it was prepared for, around which 64 bytes may be read.
 *
 * @param header - a copy of the table's header.
 * @param scratch - zeroed memory of `SCRATCH_BYTES`, this instance's alone.
 * @param gates - which hosts of listed URLs and e-mail addresses are places too: one of the `GATES_` numbers.
 * @returns How many places there are; they lie in the scratch memory.
 */
export function scan(header: usize, scratch: usize, input: usize, length: u32, gates: u32): u32 {
  beginPlaces(scratch);
  beginUrls(gates);
  classify(scratch, input, length);
  sortTokens(header, scratch, input, tokenEndCount);
  scanQuads(header, scratch, input, length, quadCount);
  scanNames(header, scratch, input, length, nameCount);
  scanColons(header, scratch, input, length, triggerCount);
  scanDigests(header, scratch, input, length, triggerCount);
  return placeCount();
}
