import type { MemberId } from '@comity/protocol/base';
import { parseDescriptor } from '@comity/protocol/members';
import type { Descriptor, DescriptorChain } from '@comity/protocol/members';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Connection, Store } from '../store/index.ts';

/** Bytes of descriptors given out at once: less than another node reads at once. */
const pageBytesMax = 512 * 1024;

/** What each member said of its node, as it was verified when it came. */
export interface ChainBook {
  /** The newest descriptor of a member; undefined when nothing is known of it. */
  current(member: MemberId): Descriptor | undefined;
  /** Hash of the newest descriptor, as a transaction under way sees it. */
  newestHash(db: Connection, member: MemberId): string | undefined;
  /** From the first one on; undefined when nothing is known of it. */
  chain(member: MemberId): DescriptorChain | undefined;
  /** Descriptors from a sequence on, as text, as many as fit a page. */
  page(member: MemberId, from: number): readonly Descriptor[];
  /** Adds descriptors that were verified, in the transaction of what they are kept for. Those that are there stay as they are. */
  append(db: Connection, descriptors: readonly Descriptor[]): void;
  remove(db: Connection, member: MemberId): void;
}

interface Row {
  readonly text: string;
}

/** Opens the book on a store whose schemas include `membersSchema`. */
export function openChainBook({ reader }: Pick<Store, 'reader'>, sha256: Sha256): ChainBook {
  const read = ({ text }: Row): Descriptor => parseDescriptor(text, sha256);
  const newest = 'select text from members_descriptor where member = ? order by sequence desc limit 1';
  const all = 'select text from members_descriptor where member = ? and sequence >= ? order by sequence';
  /** Reading one takes a millisecond, and the newest one is asked for with every message. */
  const kept = new Map<string, Descriptor>();
  return {
    current(member) {
      const row = reader.prepare<Row>(newest).get(member);
      if (row === undefined) return undefined;
      const known = kept.get(member);
      if (known?.text === row.text) return known;
      const descriptor = read(row);
      kept.set(member, descriptor);
      return descriptor;
    },
    newestHash(db, member) {
      const sql = 'select hash from members_descriptor where member = ? order by sequence desc limit 1';
      return db.prepare<{ hash: string }>(sql).get(member)?.hash;
    },
    chain(member) {
      const descriptors = reader.prepare<Row>(all).all(member, 0).map(read);
      const current = descriptors.at(-1);
      return current === undefined ? undefined : { member, descriptors, current };
    },
    page(member, from) {
      const descriptors: Descriptor[] = [];
      let bytes = 0;
      for (const row of reader.prepare<Row>(all).iterate(member, from)) {
        bytes += Buffer.byteLength(row.text);
        if (bytes > pageBytesMax) break;
        descriptors.push(read(row));
      }
      return descriptors;
    },
    append(db, descriptors) {
      const insert = db.prepare('insert into members_descriptor values (?, ?, ?, ?) on conflict do nothing');
      for (const { member, body, hash, text } of descriptors) insert.run(member, body.sequence, hash, text);
    },
    remove(db, member) {
      db.prepare('delete from members_descriptor where member = ?').run(member);
      kept.delete(member);
    },
  };
}
