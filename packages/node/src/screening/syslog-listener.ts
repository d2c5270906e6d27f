import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer, isIPv6 } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Table } from '@comity/screen';
import { parseListenAddress, showListenAddress } from './listen-address.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Runner, RunnerDeps, RunnerStatus } from './runner.ts';
import { SocketRecords } from './socket-records.ts';
import { StreamBook } from './stream-book.ts';
import { SyslogFrames, lineOf } from './syslog-frames.ts';
import type { SourceSpec } from './worker-messages.ts';

/** Longest message that is one record; a longer one is judged in pieces. Times the connections: 32 MiB are held at most. */
const messageBytesMax = 128 * 1024;
/** A peer that is silent for this long is asked whether it is still there, so that dead ones do not hold connections. */
const keepAliveMs = 60_000;
/** Asked of the system for datagrams that come while a slice of a file is judged. */
const receiveBufferBytes = 8 * 1024 * 1024;
const connectionsMax = 256;
const retryMs = 5000;
const dropsLookMs = 1000;

/** Listens for syslog over UDP (RFC 5426) or TCP (RFC 6587) and judges each message as one record. */
export class SyslogListener implements Runner {
  readonly #listen: ListenAddress;
  readonly #isTcp: boolean;
  readonly #deps: RunnerDeps;
  readonly #records: SocketRecords;
  /** Open connections, each with what judges the unfinished rest of its last message. */
  readonly #connections = new Map<Socket, () => void>();
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;
  #isPaused = false;
  /** Connections turned away because too many are open. */
  #turnedAway = 0;
  #error: string | undefined;
  #retryAtMs = 0;
  #dropsLookedAtMs = 0;
  #kernelDrops: number | undefined;

  constructor(spec: SourceSpec, deps: RunnerDeps) {
    this.#listen = parseListenAddress(spec.location);
    this.#isTcp = spec.kind === 'syslog-tcp';
    this.#deps = deps;
    const state = new StreamBook(spec).begin(showListenAddress(this.#listen), undefined);
    this.#records = new SocketRecords(state, spec.format, deps);
    this.#open();
  }

  step(): boolean {
    if (this.#error !== undefined && this.#deps.now() >= this.#retryAtMs) this.#open();
    this.#countKernelDrops();
    this.#records.flush();
    if (this.#isPaused && !this.#records.isFull) {
      this.#isPaused = false;
      for (const connection of this.#connections.keys()) connection.resume();
    }
    return false;
  }

  status(): RunnerStatus {
    const isFull = this.#isPaused || this.#records.isFull;
    const status = this.#error !== undefined ? 'failing' : isFull ? 'full' : 'running';
    return {
      status,
      error: this.#error ?? this.#notice,
      lagBytes: this.#records.waitingBytes,
      filesOpen: this.#connections.size,
    };
  }

  useTable(table: Table): void {
    this.#records.useTable(table);
  }

  report(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    for (const [connection, endMessage] of this.#connections) {
      endMessage();
      connection.destroy();
    }
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    if (this.#tcp !== undefined && this.#error === undefined) this.#tcp.close(() => resolve());
    else if (this.#udp !== undefined && this.#error === undefined) this.#udp.close(() => resolve());
    else resolve();
    await closed;
    do {
      await this.#deps.outbox.room();
      this.#records.flush();
    } while (this.#records.waitingBytes > 0);
    this.#records.report(true);
  }

  get #notice(): string | undefined {
    if (this.#turnedAway === 0) return undefined;
    return `${connectionsMax} connections were open: ${this.#turnedAway} more were turned away since the start`;
  }

  #open(): void {
    this.#error = undefined;
    if (this.#isTcp) this.#openTcp();
    else this.#openUdp();
  }

  #fail(error: Error): void {
    this.#error = `Cannot listen on ${showListenAddress(this.#listen)}: ${error.message}`;
    this.#retryAtMs = this.#deps.now() + retryMs;
    this.#deps.wake();
  }

  #openUdp(): void {
    const socket = createSocket({ type: isIPv6(this.#listen.address) ? 'udp6' : 'udp4' });
    this.#udp = socket;
    socket.on('message', (message, peer) => {
      if (this.#records.isFull) this.#records.dropped += 1;
      else this.#records.add(peer.address, lineOf(message));
    });
    socket.on('error', (error) => {
      socket.close();
      this.#fail(error);
    });
    socket.bind(this.#listen.port, this.#listen.address, () => {
      try {
        socket.setRecvBufferSize(receiveBufferBytes);
      } catch (error) {
        // The system grants less: more datagrams may be dropped in a burst, and they are counted.
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    });
  }

  #openTcp(): void {
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };
    const server = createServer(options, (connection) => this.#hear(connection));
    this.#tcp = server;
    server.maxConnections = connectionsMax;
    server.on('drop', () => (this.#turnedAway += 1));
    server.on('error', (error) => {
      // Also when the system gives no more descriptors: a server left open would hold the port against the next try.
      server.close();
      this.#fail(error);
    });
    server.listen(this.#listen.port, this.#listen.address);
  }

  #hear(connection: Socket): void {
    const frames = new SyslogFrames(messageBytesMax);
    const peer = connection.remoteAddress ?? '';
    const take = (lines: readonly Uint8Array[]): void => {
      for (const line of lines) this.#records.add(peer, line);
      if (!this.#records.isFull || this.#isPaused) return;
      this.#isPaused = true;
      for (const each of this.#connections.keys()) each.pause();
    };
    this.#connections.set(connection, () => take(frames.end()));
    connection.on('data', (chunk) => take(frames.push(chunk)));
    connection.on('end', () => take(frames.end()));
    // A peer that breaks off has sent what it has sent; whatever came is judged.
    connection.on('error', () => take(frames.end()));
    connection.on('close', () => this.#connections.delete(connection));
    if (this.#isPaused) connection.pause();
  }

  /** Datagrams the system dropped because its buffer was full, where it says so (Linux). */
  #countKernelDrops(): void {
    if (this.#udp === undefined || this.#error !== undefined) return;
    if (this.#deps.now() - this.#dropsLookedAtMs < dropsLookMs) return;
    this.#dropsLookedAtMs = this.#deps.now();
    const drops = kernelDropsOf(this.#listen);
    if (drops === undefined) return;
    if (this.#kernelDrops !== undefined) this.#records.dropped += Math.max(0, drops - this.#kernelDrops);
    this.#kernelDrops = drops;
  }
}

function kernelDropsOf(listen: ListenAddress): number | undefined {
  let table: string;
  try {
    table = readFileSync(isIPv6(listen.address) ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
  } catch {
    // Only Linux has the table; elsewhere the system's drops stay unknown.
    return undefined;
  }
  const port = listen.port.toString(16).toUpperCase().padStart(4, '0');
  let drops: number | undefined;
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(`:${port}`) === true) drops = (drops ?? 0) + Number(columns.at(-1));
  }
  return drops;
}
