import { posix } from 'node:path';
import type { SourceFile } from '../source-files.ts';

/** Relative links of Markdown pages that lead nowhere; `isThere` answers for paths from the repository's root. */
export function linkFaults(pages: readonly SourceFile[], isThere: (path: string) => boolean): string[] {
  return pages.flatMap((page) =>
    [...page.text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].flatMap((found) => {
      const link = found[1] ?? found[2] ?? '';
      if (/^(?:[a-z]+:|#)/.test(link)) return [];
      const target = posix.join(posix.dirname(page.path), link.replace(/#.*$/, ''));
      return isThere(target) ? [] : [`${page.path}: links to ${link}, which is not there`];
    }),
  );
}

/** `npm run x` shown on a page without a script of that name. */
export function commandFaults(pages: readonly SourceFile[], scripts: readonly string[]): string[] {
  return pages.flatMap((page) =>
    [...page.text.matchAll(/\bnpm run ([a-z][a-z0-9:-]*)/g)].flatMap((found) =>
      scripts.includes(found[1] ?? '') ? [] : [`${page.path}: shows \`${found[0]}\`, which does not exist`],
    ),
  );
}

/** Decision records that lack one of their three parts. */
export function adrFaults(pages: readonly SourceFile[]): string[] {
  return pages
    .filter((page) => /^docs\/adr\/\d{4}-/.test(page.path))
    .flatMap((page) => {
      const missing = ['Context', 'Decision', 'Consequences'].filter(
        (part) => !new RegExp(`^## ${part}$`, 'm').test(page.text),
      );
      return missing.length === 0 ? [] : [`${page.path}: lacks ${missing.join(', ')}`];
    });
}

/** Runtime dependencies without a line in the decision that lists them. Our own packages need none. */
export function dependencyFaults(names: readonly string[], decision: string): string[] {
  return [...new Set(names)]
    .filter((name) => !name.startsWith('@comity/') && !decision.includes(`\`${name}\``))
    .map((name) => `${name}: has no line in docs/adr/0002-dependencies.md`);
}
