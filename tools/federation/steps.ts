import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@comity/protocol/client';
import { parseDescriptor } from '@comity/protocol/members';
import { isProvenContradiction, signedStatementSchema } from '@comity/protocol/peer';
import { nativeCrypto } from '@comity/testkit';
import { composeNode, restoreNode } from '../../packages/node/src/compose.ts';
import { repositoryDir } from '../source-files.ts';
import { confirmed, deliveriesOf, msUntil, tellNew } from './member-process.ts';
import type { MemberProcess, Told } from './member-process.ts';

/** The federation a step is shown on: who tells first, then four others. */
export type Five = readonly [MemberProcess, MemberProcess, MemberProcess, MemberProcess, MemberProcess];

/** One thing that is shown. What does not come about is an error. */
export interface Step {
  readonly title: string;
  /** @returns Sentences: what was seen. */
  readonly show: (members: Five, dir: string) => Promise<readonly string[]>;
}

const shares = 10;
const shortMs = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const screens = async (member: MemberProcess, { value }: Told): Promise<number> =>
  await msUntil(`${member.name} screens for ${value}`, () => member.screens(value));

/** What members say of an object: of which type, and in which relation to it. */
const remarksOn = async ({ client }: MemberProcess, { id }: Told, type: string): Promise<readonly string[]> =>
  (await client.getIntel({ params: { id } })).relationships
    .map(({ otherId }) => otherId)
    .filter((each) => each.startsWith(`${type}--`));

const has = async ({ client }: MemberProcess, id: string): Promise<boolean> =>
  await client.getIntel({ params: { id } }).then(
    () => true,
    () => false,
  );

const share: Step = {
  title: 'A share',
  async show([a, ...others]) {
    const found: number[] = [];
    for (let at = 0; at < shares; at += 1) {
      const startedMs = performance.now();
      const told = await tellNew(a);
      await Promise.all(
        others.map(async (member) => {
          await screens(member, told);
          found.push(performance.now() - startedMs);
        }),
      );
    }
    found.sort((one, other) => one - other);
    const [half, most] = [found[Math.floor(found.length / 2)] ?? 0, found[Math.ceil(found.length * 0.99) - 1] ?? 0];
    return [
      `${a.name} tells ${shares} indicators, one after the other. The screens of the other ${others.length} find them in a log line after ${shortMs(half)} (p50), ${shortMs(most)} (p99), counted from before ${a.name} takes them in.`,
    ];
  },
};

const sighting: Step = {
  title: 'A sighting',
  async show([a, b]) {
    const told = await tellNew(a);
    await screens(b, told);
    const startedMs = performance.now();
    await b.client.syncPeer({ params: { id: a.id } });
    await msUntil(`${a.name} hears of it`, async () => (await remarksOn(a, told, 'sighting')).length > 0);
    const [id = ''] = await remarksOn(a, told, 'sighting');
    const { text } = await a.client.getIntel({ params: { id } });
    const { first_seen: first, count } = JSON.parse(text) as { first_seen: string; count: number };
    return [
      `A line in the log of ${b.name} shows what ${a.name} lends. ${a.name} hears of it ${shortMs(performance.now() - startedMs)} after ${b.name} is told to exchange now (by itself, within five minutes): seen ${count} time, in the hour of ${first}, nothing of the line.`,
    ];
  },
};

const opinion: Step = {
  title: 'A disagreement',
  async show([a, b, c, d, e]) {
    const told = await tellNew(a);
    await Promise.all([b, c, d, e].map((member) => screens(member, told)));
    const startedMs = performance.now();
    const { opinion: id } = await c.client.disagreeWithObject({ params: { id: told.id } });
    await msUntil(`${a.name} has the opinion`, async () => (await remarksOn(a, told, 'opinion')).includes(id));
    const atOriginMs = performance.now() - startedMs;
    for (const member of [b, d, e]) await msUntil(`${member.name} has the opinion`, () => has(member, id));
    return [
      `${c.name} says that it is a false positive. ${a.name}, whose it is, has that after ${shortMs(atOriginMs)}; all who hold it after ${shortMs(performance.now() - startedMs)}.`,
    ];
  },
};

const recall: Step = {
  title: 'A recall',
  async show([a, ...others]) {
    const told = await tellNew(a);
    await Promise.all(others.map((member) => screens(member, told)));
    const startedMs = performance.now();
    await a.client.recallObject({ params: { id: told.id }, body: { reason: 'false-positive' } });
    await confirmed(a, told, others.length);
    const ms = performance.now() - startedMs;
    for (const member of others) {
      if (await member.screens(told.value))
        throw new Error(`${member.name} said that it is out of use, and matches it`);
    }
    const rows = await deliveriesOf(a, told);
    return [
      `${a.name} takes one back. ${rows.length} of ${rows.length} confirmed in ${shortMs(ms)}:`,
      ...rows.map(({ name, receipt }) => `  ${name}: ${receipt?.effect} at ${receipt?.at}, signed`),
    ];
  },
};

const partition: Step = {
  title: 'A partition',
  async show([a, b, c, d, e]) {
    const before = await tellNew(a);
    await Promise.all([b, c, d, e].map((member) => screens(member, before)));
    process.kill(d.pid, 'SIGSTOP');
    let told: Told;
    let ms: number;
    try {
      told = await tellNew(a);
      await Promise.all([b, c, e].map((member) => screens(member, told)));
      await a.client.recallObject({ params: { id: before.id }, body: { reason: 'mistake' } });
      await confirmed(a, before, 3);
    } finally {
      process.kill(d.pid, 'SIGCONT');
      ms = performance.now();
    }
    await screens(d, told);
    const newMs = performance.now() - ms;
    await confirmed(a, before, 4);
    return [
      `${d.name} hangs. The others exchange as before: one indicator more, one recall, 3 of 4 confirmed.`,
      `${d.name} goes on: what is new is on its screen after ${shortMs(newMs)}, and the recall is 4 of 4 confirmed after ${shortMs(performance.now() - ms)}.`,
    ];
  },
};

const lease: Step = {
  title: 'A lease',
  async show([a, , , , e], dir) {
    const told = await tellNew(a);
    await screens(e, told);
    const [file, copy] = [join(dir, 'backup.sqlite'), join(dir, 'later')];
    writeFileSync(file, new Uint8Array(await (await e.client.backup()).arrayBuffer()));
    await restoreNode(file, copy);
    const later = await composeNode(
      { dataDir: copy, port: 0 },
      {
        clock: () => Date.now() + 31 * 86_400_000,
        uuid: randomUUID,
        randomBytes: (count) => randomBytes(count),
        // It cannot reach anybody, and has no key to sign with.
        log: () => undefined,
      },
    );
    try {
      const deps = { fetch: later.fetch };
      const client = createClient({ baseUrl: 'http://localhost', token: later.localToken }, deps);
      const { rows } = await client.listMembers();
      for (const { id } of rows) await client.alterMember({ params: { id }, body: { allowPrivate: false } });
      await later.listen();
      const find = async () => await client.getIntel({ params: { id: told.id } });
      await msUntil('the lease is over', async () => (await find()).state === 'lease-ended');
      return [
        `A copy of ${e.name} is started that reaches nobody, with its clock 31 days ahead. What ${a.name} lent is out of use there without a message: ${(await find()).stateReason}`,
      ];
    } finally {
      await later.close();
    }
  },
};

const equivocation: Step = {
  title: 'A lie',
  async show([a, b]) {
    const invite = async ({ client, url, id }: MemberProcess): Promise<string[]> => {
      const { text } = await client.inviteMember({ body: { accepts: true, allowPrivate: true } });
      return [url, id, text];
    };
    const args = [...(await invite(a)), ...(await invite(b))];
    const startedMs = performance.now();
    const liar = spawn(process.execPath, [join(repositoryDir, 'tools/federation/liar.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const evidenceAt = async ({ client }: MemberProcess) => (await client.listEvidence()).rows[0];
      for (const member of [a, b])
        await msUntil(`${member.name} finds the lie`, async () => (await evidenceAt(member)) !== undefined);
      const ms = performance.now() - startedMs;
      const found = await evidenceAt(b);
      const statements = signedStatementSchema.array().parse(found?.statements);
      const [one, other] = statements;
      const url = (await b.client.getMember({ params: { id: found?.member ?? '' } })).url;
      const chain = (await (await fetch(`${url}/.well-known/comity/nodes.json`)).json()) as object[];
      const keys = parseDescriptor(JSON.stringify(chain.at(-1)), nativeCrypto.sha256).keys;
      const messageKeys = keys.filter(({ role }) => role === 'message').map(({ publicKey }) => publicKey);
      if (one === undefined || other === undefined || statements.length !== 2)
        throw new Error('Evidence is two statements');
      if (!isProvenContradiction([one, other], () => messageKeys, nativeCrypto))
        throw new Error('The evidence does not prove what it is said to');
      return [
        `A member of another make, built of the protocol alone, lends ${a.name} and ${b.name} two contents as one version of one object.`,
        `Each passes on what it was told, and ${shortMs(ms)} after the liar started both hold evidence, which verifies with the keys of ${found?.name} alone:`,
        ...statements.map(({ statement, signature }) =>
          statement.state === 'active'
            ? `  version ${statement.version} is ${statement.digest.slice(0, 16)}…, signed ${signature.slice(0, 16)}…`
            : `  version ${statement.version} is recalled`,
        ),
      ];
    } finally {
      if (liar.exitCode === null) {
        const ended = once(liar, 'exit');
        liar.kill('SIGTERM');
        await ended;
      }
    }
  },
};

/** What is shown, in its order. */
export const steps: readonly Step[] = [share, sighting, opinion, recall, partition, lease, equivocation];
