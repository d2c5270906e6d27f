import type { useNavigate } from '@tanstack/react-router';
import { notify } from '../kit/notices.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import type { Words } from '../words/use-words.ts';
import { node, queries } from './node.ts';

export interface TakeFilesDeps {
  readonly words: Words;
  readonly navigate: ReturnType<typeof useNavigate>;
}

/** Has files screened, one after the other, and opens the result of the first. */
export async function screenFiles(files: readonly File[], { words, navigate }: TakeFilesDeps): Promise<void> {
  await oneByOne(files, words, async (file, index) => {
    const source = await node.screenUpload({ query: { name: file.name }, body: file });
    queries.setQueryData(['source', source.id], source);
    void queries.invalidateQueries({ queryKey: ['sources'] });
    if (index === 0) await navigate({ to: '/screening/$id', params: { id: source.id } });
  });
}

/** Takes files in as intelligence, one after the other, and opens the report of the first. */
export async function importFiles(files: readonly File[], { words, navigate }: TakeFilesDeps): Promise<void> {
  await oneByOne(files, words, async (file, index) => {
    const report = await node.createImport({ query: { name: file.name }, body: file });
    queries.setQueryData(['import', report.id], report);
    void queries.invalidateQueries({ queryKey: ['imports'] });
    if (index === 0) await navigate({ to: '/imports/$id', params: { id: report.id } });
  });
}

async function oneByOne(
  files: readonly File[],
  words: Words,
  take: (file: File, index: number) => Promise<void>,
): Promise<void> {
  for (const [index, file] of files.entries()) {
    notify({ text: words.say('drop.sending', { name: file.name, size: words.figures.bytes(file.size) }) });
    try {
      await take(file, index);
    } catch (error) {
      notifyProblem(error, words, file.name);
    }
  }
}
