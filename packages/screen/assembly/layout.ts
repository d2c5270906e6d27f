/** What the owner of a kernel has to know. */
export { PATTERN_BYTES } from './ipv4';
export {
  COLON_MASK,
  DOT_MASK,
  HEADER,
  HEADER_BYTES,
  HEX_MASK,
  INPUT,
  INPUT_BYTES_MAX,
  PLACES,
  SCRATCH_BYTES,
  TOKEN_MASK,
} from './scratch';
export { GATES_ALL, GATES_NONE, GATES_PARTED } from './urls';
export * from './image';
