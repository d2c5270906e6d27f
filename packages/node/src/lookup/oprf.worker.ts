import { randomBytes } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { ComityError } from '@comity/protocol/base';
import { doOprfWork } from './oprf-work.ts';
import type { OprfWork } from './oprf-work.ts';
import { loadSodiumOprf } from './sodium-oprf.ts';

const port = parentPort;
if (port === null) throw new Error('Assertion failed: this file runs on a worker thread');
const oprf = await loadSodiumOprf();

port.on('message', (work: OprfWork) => {
  try {
    port.postMessage({ result: doOprfWork(work, oprf, (count) => randomBytes(count)) });
  } catch (error) {
    // An error loses its class on the way between threads; a bug ends this one.
    if (!(error instanceof ComityError)) throw error;
    port.postMessage({ code: error.code, message: error.message });
  }
});
port.postMessage('ready');
