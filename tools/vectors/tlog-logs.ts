import { createHash } from 'node:crypto';
import {
  foldHashes,
  isIncluded,
  isTileConsistent,
  leafHash,
  makePolicy,
  monitoringPathOf,
  nodeHashes,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseTilePath,
  parseVerifierKey,
  planRoot,
  planTile,
  printTilePath,
  printTlogProof,
  verifyTlogProof,
} from '@comity/protocol/tlog';
import { makeLog, nativeCrypto } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score } from './suite.ts';
import { bytesOf, faultOf, readSet, unrefused } from './tlog-set.ts';

const { sha256 } = nativeCrypto;

/** A log of fifteen entries by Tessera: its signed checkpoint at each size, every partial tile and bundle. */
export function tesseraScores(): Score[] {
  const { vkey, entriesUtf8, checkpoints, filesBase64 } = readSet('tessera-log15') as {
    vkey: string;
    entriesUtf8: string[];
    checkpoints: Record<string, string>;
    filesBase64: Record<string, string>;
  };
  const key = parseVerifierKey(vkey, sha256);
  const entries = entriesUtf8.map((text) => Buffer.from(text));
  return [
    scoreOf('tlog checkpoints of Tessera', Object.entries(checkpoints), 16, ([size, note]) =>
      faultOf(`size ${size}`, () => {
        const log = { origin: key.name, keys: [key] };
        const { checkpoint } = openCheckpoint(note, log, [], nativeCrypto);
        const ours = makeLog(entries.slice(0, checkpoint.size));
        return String(ours.size) === size && same(ours.root, checkpoint.root) ? undefined : 'another root';
      }),
    ),
    scoreOf('tlog tiles and bundles of Tessera', Object.entries(filesBase64), 30, ([path, base64]) =>
      faultOf(path, () => {
        const { width } = parseTilePath(path);
        const ours = makeLog(entries.slice(0, width)).files.get(path);
        return ours !== undefined && same(ours, bytesOf(base64)) ? undefined : 'other bytes';
      }),
    ),
  ];
}

/** A proof of the public log Rekor v2: as a proof, as a file, and with each byte of that flipped. */
export function rekorScores(): Score[] {
  const { vkey, proofs } = readSet('rekor-v2-log2025-1') as {
    vkey: string;
    proofs: {
      index: number;
      root: string;
      treeSize: number;
      hashes: string[];
      checkpoint: string;
      entryBase64: string;
    }[];
  };
  const policy = makePolicy([parseVerifierKey(vkey, sha256)], [], 0);
  const cases = proofs.map(({ index, hashes, checkpoint, entryBase64, root, treeSize }) => ({
    file: printTlogProof({ extra: undefined, index, hashes: hashes.map(bytesOf), checkpoint }),
    claim: { index, size: treeSize, root: bytesOf(root), proof: hashes.map(bytesOf) },
    entry: bytesOf(entryBase64),
  }));
  const flips = cases.flatMap(({ file, entry }) =>
    Array.from(Buffer.from(file), (byte, at) => ({
      at,
      entry,
      file: Buffer.from(file).with(at, byte ^ (1 << (at % 8))),
    })),
  );
  return [
    scoreOf('tlog proof of Rekor v2', cases, 1, ({ file, claim, entry }) =>
      faultOf('rekor', () => {
        verifyTlogProof(file, entry, policy, nativeCrypto);
        return isIncluded({ ...claim, leafHash: leafHash(entry, sha256) }, sha256) ? undefined : 'not included';
      }),
    ),
    scoreOf('tlog proof of Rekor v2, flipped bytes refused', flips, 600, ({ at, file, entry }) => {
      const codes = ['LEDGER_UNPROVEN', 'LEDGER_MALFORMED', 'ENCODING_MALFORMED'];
      const faults = codes.map((code) =>
        unrefused(`byte ${at}`, code, () => verifyTlogProof(file, entry, policy, nativeCrypto)),
      );
      return faults.includes(undefined) ? undefined : faults[0];
    }),
  ];
}

/** What Sunlight and its witness and mirror serve: cosignatures, folders by origin, real hash tiles. */
export function sunlightScores(): Score[] {
  const { filesBase64 } = readSet('sunlight-skylight-trees') as { filesBase64: Record<string, string> };
  const files = new Map(Object.entries(filesBase64).map(([path, base64]) => [path, bytesOf(base64)]));
  const textOf = (path: string): string => Buffer.from(files.get(path) ?? []).toString('utf8');
  const checkpoints = [...files.keys()].filter((path) => /[0-9a-f]{64}\/checkpoint$/.test(path));
  const mirror = [...files.keys()].filter((path) => /mirror\/[0-9a-f]{64}\/tile\/\d/.test(path));
  return [
    scoreOf('tlog cosignatures Sunlight serves', checkpoints, 3, (path) =>
      faultOf(path, () => {
        const folder = path.replace(/[0-9a-f]{64}\/checkpoint$/, '');
        const about = textOf(`${folder}witness.v0.json`) || textOf(`${folder}mirror.v0.json`);
        const { verifier_keys: vkeys } = JSON.parse(about) as { verifier_keys: string[] };
        const keys = vkeys.map((vkey) => parseVerifierKey(vkey, sha256));
        const { text, verified } = openNote(textOf(path), keys, nativeCrypto);
        if (`${folder}${monitoringPathOf(parseCheckpoint(text).origin, sha256)}` !== path) return 'another folder';
        return (verified[0]?.timeSeconds ?? 0) > 1_700_000_000 ? undefined : 'no time';
      }),
    ),
    scoreOf('tlog tiles of a mirror of Sunlight', mirror, 3, (path) =>
      faultOf(path, () => {
        const folder = path.replace(/tile\/.*/, '');
        const { size, root } = parseCheckpoint(parseNote(textOf(`${folder}checkpoint`)).text);
        const made = (plan: ReturnType<typeof planRoot>): Uint8Array[] => {
          const hashes = nodeHashes(plan, size, (each) => files.get(folder + printTilePath(each))!, sha256);
          return foldHashes(plan, hashes, sha256);
        };
        const tile = parseTilePath(path.slice(folder.length));
        if (!same(made(planRoot(size))[0]!, root)) return 'another root';
        const claim = { tile, bytes: files.get(path)!, size, root, proof: made(planTile(tile, size)) };
        return isTileConsistent(claim, sha256) ? undefined : 'not of this tree';
      }),
    ),
    navigliScore(),
  ];
}

/** Tiles of leaf hashes of a log in use: a partial one is the beginning of the full one. */
function navigliScore(): Score {
  const { filesBase64 } = readSet('sunlight-navigli2025h2-level0') as { filesBase64: Record<string, string> };
  return scoreOf('tlog level 0 of a log in use', Object.entries(filesBase64), 5, ([path, base64]) =>
    faultOf(path, () => {
      const tile = parseTilePath(path);
      const full = bytesOf(filesBase64[printTilePath({ ...tile, width: 256 })] ?? '');
      const bytes = bytesOf(base64);
      return bytes.length === tile.width * 32 && same(full.subarray(0, bytes.length), bytes)
        ? undefined
        : 'other bytes';
    }),
  );
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  return digest(one) === digest(other);
}
