import type { TestEvent } from 'node:test/reporters';

/**
 * A test reporter that is silent about what passed: failures whole, skips loudly with their reason, then one line
 * `N passed, N failed, N skipped`.
 */
export default async function* summaryReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of source) {
    if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      if (event.data.skip !== undefined) {
        count.skipped += 1;
        yield `skipped: ${event.data.name} (${String(event.data.skip)})\n`;
      } else {
        count.passed += 1;
      }
    } else if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      count.failed += 1;
      const { error } = event.data.details;
      const cause: unknown = error.cause ?? error;
      yield `\nFAILED: ${event.data.name}\n  ${event.data.file ?? ''}:${event.data.line ?? ''}\n${indent(describe(cause))}\n`;
    } else if (event.type === 'test:diagnostic' && event.data.message.includes('asynchronous activity')) {
      // Why a file fails of which every test passed.
      yield `${event.data.message}\n`;
    } else if (event.type === 'test:stderr') {
      yield event.data.message;
    }
  }
  yield `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
}

const describe = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
const indent = (text: string): string => text.replace(/^/gm, '  ');
