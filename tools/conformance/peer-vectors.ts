import { createHash } from 'node:crypto';
import {
  batchCases,
  commitmentCases,
  contradictionCases,
  entryCases,
  itemCases,
  outboxCases,
  receiptCases,
  statementCases,
  termsCases,
} from './peer-cases.ts';
import type { Case } from './peer-cases.ts';

const subjects: Readonly<Record<string, { about: string; cases: () => Case[] }>> = {
  entries: { about: 'ledger.md §11: whether bytes are an entry', cases: entryCases },
  commitments: { about: 'ledger.md §11.4: whether an opening opens a commitment', cases: commitmentCases },
  terms: { about: 'peer.md §3: whether terms are within others', cases: termsCases },
  statements: { about: 'peer.md §4: what is signed, and whether a key did', cases: statementCases },
  contradictions: { about: 'peer.md §12: whether two statements are evidence', cases: contradictionCases },
  outboxes: { about: 'peer.md §7: which parts of an answer are whole', cases: outboxCases },
  batches: { about: 'peer.md §8: whether a batch is proven', cases: batchCases },
  items: { about: 'peer.md §8: what comes of an item', cases: itemCases },
  receipts: { about: 'peer.md §11: whether a receipt is believed', cases: receiptCases },
};

/** Every file of the vectors by its name, the manifest included: the same on every machine. */
export function peerVectors(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const listed = Object.entries(subjects).map(([subject, { about, cases }]) => {
    const all = cases();
    const name = `${subject}.json`;
    const text = `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
    files.set(name, text);
    return { name, about, cases: all.length, sha256: createHash('sha256').update(text).digest('hex') };
  });
  const manifest = { format: 'comity-conformance/peer/v1', specification: 'docs/spec/peer.md', files: listed };
  return files.set('manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
}
