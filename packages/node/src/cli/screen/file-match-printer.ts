import type { FileMatch } from '@comity/screen';
import { plain } from '../terminal.ts';
import { painted, sourcesOf, unpainted } from './match-printer.ts';
import type { MatchPrinterOptions } from './match-printer.ts';
import type { Output } from './output.ts';
import { safeJson } from '../safe-json.ts';

/** Prints files with listed digests as lines for people, coloured on a terminal, or as one JSON object a match. */
export function createFileMatchPrinter(
  options: MatchPrinterOptions,
  { output }: { readonly output: Output },
): { print(match: FileMatch): void } {
  const paint = output.isTerminal ? painted : unpainted;
  return {
    print(match) {
      const sources = sourcesOf(match, options.sources);
      if (options.ecs !== undefined) {
        output.write(options.ecs.file(match, sources));
        return;
      }
      if (options.json) {
        output.write(jsonLine(match, sources));
        return;
      }
      const place = match.member === undefined ? match.file : `${match.file}/${match.member}`;
      const more = sources.length > 1 ? ` and ${sources.length - 1} more` : '';
      const what = `[${match.kind} listed, ${plain(sources[0] ?? '')}${more}]`;
      output.write(`${paint.file(plain(place))}: ${paint.value(match.value)} ${paint.note(what)}\n`);
    },
  };
}

function jsonLine(match: FileMatch, sources: readonly string[]): string {
  const { file, fileBytes, member, value, kind, relation, indicator } = match;
  const line = {
    file,
    ...(fileBytes !== undefined && { file_base64: Buffer.from(fileBytes).toString('base64') }),
    ...(member !== undefined && { member }),
    value,
    kind,
    relation,
    indicator,
    source: sources[0],
    ...(sources.length > 1 && { sources }),
  };
  return `${safeJson(line)}\n`;
}
