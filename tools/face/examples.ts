/** A code block of a page that is run as it stands there. */
export interface Example {
  /** The heading it stands under, as a file name: `read-a-bundle`. */
  readonly name: string;
  readonly code: string;
  /** The lines it says it prints, behind `// → `. */
  readonly expected: readonly string[];
}

/** The TypeScript blocks of a Markdown page. They hold no syntax JavaScript lacks, so that each runs anywhere as it is. */
export function examplesOf(markdown: string): Example[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const name = section
        .slice(0, section.indexOf('\n'))
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-');
      return [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ''], index) => ({
        name: index === 0 ? name : `${name}-${index + 1}`,
        code,
        expected: [...code.matchAll(/^\s*\/\/ → (.*)$/gm)].map(([, line = '']) => line),
      }));
    });
}

/** What is wrong with what an example printed; undefined when it is what the page says. */
export function outputFault(example: Example, printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  if (lines.at(-1) === '') lines.pop();
  const index = Math.max(lines.length, example.expected.length);
  for (let at = 0; at < index; at++) {
    if (lines[at] === example.expected[at]) continue;
    return `line ${at + 1} is ${shown(lines[at])} instead of ${shown(example.expected[at])}`;
  }
  return undefined;
}

function shown(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line);
}
