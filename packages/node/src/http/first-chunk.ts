/** A generator whose first chunk is made: what it refuses at once is an error, not an answer that breaks off. */
export async function begun(chunks: AsyncGenerator<string>): Promise<AsyncIterable<string>> {
  const first = await chunks.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* chunks;
  })();
}
