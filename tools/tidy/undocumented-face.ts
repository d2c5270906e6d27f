import { posix } from 'node:path';
import type { SourceFile } from '../source-files.ts';

/** A re-export of a face: `export { a, b as c } from './x.ts'`, `export type { T } from './y.ts'`. */
const reExport = /^export (?:type )?\{([^}]*)\} from '([^']+)';/gm;

/**
 * Names on the given faces (`index.ts` files) whose declaration has no doc comment, found through faces that pass on
 * another's names. A name whose declaration is not found counts as undocumented.
 */
export function undocumentedFace(files: readonly SourceFile[], faces: readonly string[]): string[] {
  const texts = new Map(files.map((file) => [file.path, file.text]));
  return faces.flatMap((face) =>
    namesOf(texts.get(face) ?? '', face)
      .filter(({ origin, original }) => !isDocumented(texts, origin, original))
      .map(({ name, origin }) => `${face}: ${name} has no doc comment in ${origin}`),
  );
}

interface FaceName {
  readonly name: string;
  /** As the file it comes from calls it. */
  readonly original: string;
  readonly origin: string;
}

function namesOf(text: string, path: string): FaceName[] {
  return [...text.matchAll(reExport)].flatMap(([, list = '', from = '']) =>
    list
      .split(',')
      .map((part) => part.trim().replace(/^type /, ''))
      .filter((part) => part !== '')
      .map((part) => {
        const [original = '', name = original] = part.split(' as ');
        return { name, original, origin: posix.join(posix.dirname(path), from) };
      }),
  );
}

function isDocumented(texts: ReadonlyMap<string, string>, path: string, name: string): boolean {
  const text = texts.get(path) ?? '';
  const passedOn = namesOf(text, path).find((each) => each.name === name);
  if (passedOn !== undefined) return isDocumented(texts, passedOn.origin, passedOn.original);
  const declaration = new RegExp(
    String.raw`\*/\n(?:export )?(?:async )?(?:abstract )?(?:function\*?|class|interface|const|type) ${name}\b`,
  );
  return declaration.test(text);
}
