import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { indicatorMaker, valueOfIndicator } from '../../bench/taxii/fill.ts';
import { localAccessFile } from '../../packages/node/src/compose.ts';
import { startNode } from '../started-node.ts';
import type { StartedNode } from '../started-node.ts';

/** A member whose node runs in a process of its own. What is asked of it are documented routes. */
export interface MemberProcess extends StartedNode {
  readonly name: string;
  readonly dataDir: string;
  /** Where it listens, whatever its URL is. */
  readonly port: number;
  readonly client: Client;
  readonly id: string;
  /** Whether a record with this value, sent to it now, is a match. */
  screens(value: string): Promise<boolean>;
}

/** An indicator nobody told before. */
export interface Told {
  readonly id: StixId;
  readonly value: string;
}

/** Where a member begins, and under which of the laws that come with the program. */
export interface MemberPlan {
  readonly name: string;
  readonly law: string;
  readonly dataDir: string;
  /** Further arguments of `comity start`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a node on a free port of loopback and makes it a member. */
export async function startMember({ name, law, dataDir, args = [], env }: MemberPlan): Promise<MemberProcess> {
  const node = await startNode(['--port', '0', '--data', dataDir, ...args], env);
  try {
    const { url, token } = JSON.parse(readFileSync(join(dataDir, localAccessFile), 'utf8')) as Record<string, string>;
    const client = createClient({ baseUrl: url ?? '', token: token ?? '' }, { fetch: globalThis.fetch });
    const { rows } = await client.listStarterLaws();
    const text = rows.find((each) => each.name === law)?.text;
    if (text === undefined) throw new Error(`Cannot start ${name}: no law ${law} comes with the program`);
    await client.activateLaw({ body: { name: law, text } });
    const { member } = await client.initMember({ body: { name } });
    const { id: source } = await client.addSource({ body: { kind: 'http', name: 'Live log' } });
    return {
      ...node,
      name,
      dataDir,
      port: Number(new URL(url ?? '').port),
      client,
      id: member?.id ?? '',
      async screens(value) {
        const body = `${new Date().toISOString()} GET http://${value}/ 200\n`;
        return (await client.pushRecords({ params: { id: source }, body })).matches > 0;
      },
    };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** Joins members with each other: each invites those that come after it, and they take it up. */
export async function joinAll(members: readonly MemberProcess[]): Promise<void> {
  for (const [at, { client }] of members.entries()) {
    for (const other of members.slice(at + 1)) {
      const { text } = await client.inviteMember({ body: { accepts: true, allowPrivate: true } });
      await other.client.joinMember({ body: { invitation: text, allowPrivate: true } });
    }
  }
}

const makeIndicator = indicatorMaker(11);
let made = 0;

/** Takes an indicator in as a member's own, under TLP:GREEN. */
export async function tellNew({ client }: MemberProcess): Promise<Told> {
  const number = (made += 1);
  const object = makeIndicator(number);
  const bundle = { type: 'bundle', id: object.id.replace('indicator', 'bundle'), objects: [object] };
  await client.createImport({ query: { name: 'own.json', own: 'true' }, body: JSON.stringify(bundle) });
  return { id: parseStixId(object.id), value: valueOfIndicator(number) };
}

/** Who has an object from a member, and what they say they did. */
export async function deliveriesOf({ client }: MemberProcess, { id }: Told) {
  return (await client.listDeliveries({ params: { id } })).rows;
}

/** Milliseconds until so many say that what was recalled is out of use. */
export async function confirmed(member: MemberProcess, told: Told, count: number): Promise<number> {
  const isDone = async () => {
    const rows = await deliveriesOf(member, told);
    return rows.filter(({ receipt }) => receipt?.effect === 'withdrawn').length === count;
  };
  return await msUntil(`${count} members confirm the recall`, isDone);
}

/** Milliseconds until something holds; by default it has to within a minute, on however busy a machine. */
export async function msUntil(
  what: string,
  isSo: () => Promise<boolean>,
  { everyMs = 20, atMostMs = 60_000 } = {},
): Promise<number> {
  const startedMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedMs > atMostMs) throw new Error(`Waited in vain until ${what}`);
    await pause(everyMs);
  }
  return performance.now() - startedMs;
}
