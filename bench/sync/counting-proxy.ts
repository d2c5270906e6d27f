import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What went through since it was asked last. */
interface Passed {
  /** Both ways, headers included. */
  readonly bytes: number;
  /** Requests for an outbox. */
  readonly outboxRequests: number;
}

/** A node's way in that counts. */
export interface CountingProxy {
  readonly url: string;
  /** Where it leads. */
  port: number;
  take(): Passed;
  close(): void;
}

/** Listens on loopback and passes on bytes as they come. */
export async function openCountingProxy(): Promise<CountingProxy> {
  let passed = { bytes: 0, outboxRequests: 0 };
  const server = createServer((near) => {
    const far = connect(proxy.port, '127.0.0.1');
    near.on('data', (chunk) => {
      passed.bytes += chunk.length;
      // A request line is at the beginning of a chunk: nobody here sends a second before the answer to the first.
      if (chunk.toString('latin1', 0, 100).startsWith('GET /peer/v1/outbox?')) passed.outboxRequests += 1;
    });
    far.on('data', (chunk) => void (passed.bytes += chunk.length));
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CountingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: 0,
    take() {
      const taken = passed;
      passed = { bytes: 0, outboxRequests: 0 };
      return taken;
    },
    close: () => void server.close(),
  };
  return proxy;
}
