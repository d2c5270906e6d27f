import type { IntelligenceInput } from '../connectors/index.ts';

/**
 * Documents a URL of indicators leads to, fetched with the limits and address checks of a feed.
 *
 * @throws {ComityError} `ADDRESS_REFUSED`, `REMOTE_FAILED`, `ARGUMENT_INVALID`, `INPUT_TOO_LARGE`.
 */
export async function* openUrl(
  url: string,
  options: { readonly allowPrivate: boolean },
): AsyncGenerator<IntelligenceInput> {
  const { createFetcher, feedDocuments } = await import('../connectors/index.ts');
  const fetcher = createFetcher();
  try {
    const fetched = await feedDocuments(url, options, fetcher);
    // Asked without validators, a server has nothing to call unchanged.
    if (fetched.kind === 'content') for await (const document of fetched.documents) yield document.input;
  } finally {
    await fetcher.close();
  }
}
