import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { connect } from 'node:tls';
import { makeCertificate, withoutOpenssl } from '../http/tls/certificates-for-tests.ts';
import { temporaryDir, until } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

const main = resolve(import.meta.dirname, '../main.ts');

/** Serial number of the certificate a server shows. */
function shownSerial(port: number): Promise<string> {
  const { promise, resolve: done, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    done(socket.getPeerX509Certificate()?.serialNumber ?? '');
    socket.destroy();
  });
  socket.on('error', reject);
  return promise;
}

test(
  'a node started with --tls-cert serves HTTPS, commands reach it, and SIGHUP takes a new certificate',
  { skip: withoutOpenssl },
  async (context) => {
    const dir = temporaryDir(context);
    const data = join(dir, 'data');
    const first = makeCertificate(dir, 'node');
    const tls = ['--tls-cert', first.certFile, '--tls-key', first.keyFile];
    const child = spawn(process.execPath, [main, 'start', '--port', '0', '--data', data, ...tls]);
    context.after(() => child.kill('SIGKILL'));
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await until(() => out.includes('Stop:'), 'the node runs');
    const port = Number(/runs at https:\/\/127\.0\.0\.1:(\d+)$/m.exec(out)?.[1]);
    const serialOf = ({ cert }: { readonly cert: string }) => new X509Certificate(cert).serialNumber;
    assert.equal(await shownSerial(port), serialOf(first));

    const run = (...argv: string[]) => runForTests(argv, '', { COMITY_DATA: data });
    const client = makeCertificate(dir, 'client');
    const id = (
      JSON.parse((await run('token', 'create', 'poller', '--scope', 'share', '--json')).out) as { id: string }
    ).id;
    assert.match((await run('token', 'list')).out, /never +none$/m);
    const bound = await run('token', 'bind', id, client.certFile, '--secret', 'not-enough');
    const sha256 = new X509Certificate(client.cert).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.equal(bound.out, `${sha256} stands for poller; its secret alone signs in nobody\n`);
    assert.match((await run('token', 'list')).out, new RegExp(` ${sha256}$`, 'm'));
    assert.match((await run('token', 'bind', id, client.keyFile)).err, /it holds a private key/);
    assert.equal((await run('token', 'unbind', id, sha256)).out, 'unbound\n');
    assert.match((await run('token', 'list')).out, /needs one$/m);

    writeFileSync(first.certFile, 'half a certificate');
    child.kill('SIGHUP');
    await until(() => err.includes('the one before stays'), 'it says so');
    assert.equal(await shownSerial(port), serialOf(first));
    const second = makeCertificate(dir, 'node');
    child.kill('SIGHUP');
    await until(async () => (await shownSerial(port)) === serialOf(second), 'the new one is shown');
    const ended = new Promise<number | null>((done) => child.once('close', done));
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  },
);

test('HTTPS takes both a certificate and a key', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const { code, err } = await runForTests(['start', '--tls-cert', 'x.pem', '--data', data]);
  assert.equal(code, 2);
  assert.match(err, /it takes both --tls-cert and --tls-key/);
});
