import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { until } from '../node-for-tests.ts';
import type { Cleanup } from '../node-for-tests.ts';
import { BodyReader } from './body-reader.ts';
import { openRaw } from './raw-client-for-tests.ts';

/** A server that reads bodies and answers how long they are, or why they were not read. */
async function openBench(cleanup: Cleanup, idleMs: number) {
  const bodies = new BodyReader({ idleMs, bytesAtOnceMax: 100 });
  const server = createServer((request, response) => {
    bodies.read(request, response, 60).then(
      ({ length }) => response.end(`read ${length}.`),
      (error: unknown) => response.end(error instanceof ComityError ? `${error.code}.` : 'fault.'),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanup.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return (head: string, body: string) => {
    const raw = openRaw(cleanup, url);
    raw.socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}\r\n\r\n${body}`);
    const says = async (what: string): Promise<void> => await until(() => raw.text().includes(what), `it says ${what}`);
    return { ...raw, says };
  };
}

test('bodies being read are bounded together: by what came of them, until they are read or given up', async (context) => {
  const send = await openBench(context, 60_000);
  const first = send('content-length: 60', 'x'.repeat(50));
  await send('content-length: 40', 'x'.repeat(40)).says('read 40.');
  await send('content-length: 60', 'x'.repeat(55)).says('TOO_MANY_REQUESTS.');
  first.socket.write('x'.repeat(10));
  await first.says('read 60.');
  await send('content-length: 60', 'x'.repeat(60)).says('read 60.');
});

test('a body that is too large is refused, announced or not, as is one that does not come', async (context) => {
  const send = await openBench(context, 100);
  await send('content-length: 61', '').says('INPUT_TOO_LARGE.');
  await send('transfer-encoding: chunked', `3d\r\n${'x'.repeat(61)}\r\n`).says('INPUT_TOO_LARGE.');
  await send('content-length: 9', 'x').says('ARGUMENT_INVALID.');
});
