import { connect } from 'node:net';

/** What is asked for again and again. */
export interface Ask {
  readonly port: number;
  /** The whole request: its head, and its body if it has one. */
  readonly text: string;
}

const connections = 8;
/** A server that does not answer by then is given up. */
const answerMs = 30_000;

/** Sends a request `count` times over a few connections that stay open, the next when the answer is whole. @throws for any status but 200, 202 and 304. */
export async function load({ port, text }: Ask, count: number): Promise<void> {
  let left = count;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      let wanted = -1;
      let got = 0;
      const next = (): void => {
        if (left <= 0) {
          socket.destroy();
          resolve();
          return;
        }
        left -= 1;
        wanted = -1;
        got = 0;
        socket.write(text);
      };
      socket.on('error', reject);
      socket.on('data', (piece) => {
        try {
          if (wanted < 0) wanted = lengthOf(piece.toString('latin1'));
        } catch (error) {
          socket.destroy();
          reject(error);
          return;
        }
        got += piece.length;
        if (got >= wanted) next();
      });
      socket.on('end', () => reject(new Error('Cannot measure: the server hung up')));
      next();
    });
  await Promise.all(Array.from({ length: connections }, one));
}

/** Bytes of an answer, from its first piece: servers on loopback send the head whole. */
function lengthOf(piece: string): number {
  const head = piece.slice(0, piece.indexOf('\r\n\r\n') + 4);
  const isEmpty = head.startsWith('HTTP/1.1 304 ');
  const length = isEmpty ? '0' : /^content-length: (\d+)/im.exec(head)?.[1];
  if (!(isEmpty || /^HTTP\/1\.[01] 20[02]/.test(head)) || length === undefined)
    throw new Error(`Cannot measure: the server answered ${piece.slice(0, 300)}`);
  return head.length + Number(length);
}

/** One request, its answer read whole. */
export async function askOnce(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly headers: Headers; readonly bytes: Buffer }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal: AbortSignal.timeout(answerMs) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`Cannot measure: ${answer.status} ${bytes.toString().slice(0, 300)}`);
  return { headers: answer.headers, bytes };
}
