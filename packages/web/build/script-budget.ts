import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

export interface ScriptBudget {
  /** All script somebody can come to load, each file compressed by itself: every place, and the words of one language, the longest. */
  readonly allGzipBytesMax: number;
  /** What the first view needs: the entry and everything it imports at once. */
  readonly initialGzipBytesMax: number;
}

/** Prints the size of the page's script and fails the build when it outgrows its budget. */
export function scriptBudget(budget: ScriptBudget): Plugin {
  return {
    name: 'script-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file): file is Rolldown.OutputChunk => file.type === 'chunk');
      const bytesOf = new Map(chunks.map((chunk) => [chunk.fileName, gzipSync(chunk.code, { level: 9 }).length]));
      const sum = (names: Iterable<string>): number =>
        [...names].reduce((all, name) => all + (bytesOf.get(name) ?? 0), 0);
      const words = chunks.filter(isCatalogue).map(({ fileName }) => fileName);
      const longestWords = Math.max(0, ...words.map((name) => bytesOf.get(name) ?? 0));
      const all = sum(bytesOf.keys()) - sum(words) + longestWords;
      const initial = sum(namesLoadedFirst(chunks));
      const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
      console.log(
        `page script, gzip: ${kB(all)} of ${kB(budget.allGzipBytesMax)}; first view ${kB(initial)} of ${kB(budget.initialGzipBytesMax)}`,
      );
      if (all > budget.allGzipBytesMax || initial > budget.initialGzipBytesMax) {
        this.error(`The page's script is over its budget: ${kB(all)} in all, ${kB(initial)} for the first view`);
      }
    },
  };
}

/** A page loads the words of the language it speaks and no others. */
function isCatalogue({ moduleIds }: Rolldown.OutputChunk): boolean {
  return moduleIds.some((id) => /\/src\/words\/\w+\.json\b/.test(id));
}

function namesLoadedFirst(chunks: readonly Rolldown.OutputChunk[]): Set<string> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const names = new Set<string>();
  const pending = chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    pending.push(...(byName.get(name)?.imports ?? []));
  }
  return names;
}
