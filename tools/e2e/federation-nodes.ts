import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { startNode } from '../started-node.ts';
import type { StartedNode } from '../started-node.ts';
import { startScratchNode } from './started-node.ts';
import type { ScratchNode } from './started-node.ts';

/** A node that is a member, asked over documented routes. */
interface WalkedMember extends StartedNode {
  readonly client: Client;
}

/** A node that is to become a member in the page, and two that are members. */
export interface FederationNodes {
  readonly a: ScratchNode;
  readonly b: WalkedMember;
  readonly c: WalkedMember;
  readonly stop: () => Promise<void>;
}

const green = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';

/** An indicator of a name, under TLP:GREEN, in a bundle. */
export function bundleOf(id: string, name: string, value: string): string {
  const at = '2026-11-01T00:00:00.000Z';
  const indicator = {
    type: 'indicator',
    spec_version: '2.1',
    id,
    created: at,
    modified: at,
    name,
    pattern: `[domain-name:value = '${value}']`,
    pattern_type: 'stix',
    indicator_types: ['malicious-activity'],
    valid_from: at,
    object_marking_refs: [green],
  };
  return JSON.stringify({ type: 'bundle', id: id.replace('indicator', 'bundle'), objects: [indicator] });
}

/** Has a member tell something of its own. */
export async function tell({ client }: WalkedMember, ...of: Parameters<typeof bundleOf>): Promise<void> {
  await client.createImport({ query: { name: 'own.json', own: 'true' }, body: bundleOf(...of) });
}

/** Starts three real nodes on loopback; the two that are members are joined with each other. */
export async function startFederationNodes(): Promise<FederationNodes> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-e2e-federation-'));
  const started: { readonly stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((node) => node.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
  const startMember = async (
    dataDir: string,
    body: Parameters<Client['initMember']>[0]['body'],
  ): Promise<WalkedMember> => {
    const node = await startNode(['--port', '0', '--data', dataDir]);
    started.push(node);
    const access = JSON.parse(readFileSync(join(dataDir, 'node.json'), 'utf8')) as Record<'url' | 'token', string>;
    const client = createClient({ baseUrl: access.url, token: access.token }, { fetch: (...call) => fetch(...call) });
    const { rows } = await client.listStarterLaws();
    await client.activateLaw({ body: { name: 'open', text: rows.find(({ name }) => name === 'open')?.text ?? '' } });
    await client.initMember({ body });
    return { ...node, client };
  };
  try {
    const a = await startScratchNode();
    started.push(a);
    const b = await startMember(join(dir, 'b'), {
      name: 'CERT Borealis',
      country: 'FI',
      sectors: ['energy', 'water'],
      contacts: [
        {
          role: 'technical',
          email: 'cert@borealis.example',
          phone: '+358 9 123 4567',
          hours: '08:00-16:00',
          languages: ['fi', 'en'],
          timeZone: 'Europe/Helsinki',
        },
        { role: 'vulnerability', email: 'security@borealis.example' },
      ],
    });
    const c = await startMember(join(dir, 'c'), { name: 'ISAC Centralis', country: 'CH', sectors: ['finance'] });
    const { text } = await b.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
    await c.client.joinMember({ body: { invitation: text, allowPrivate: true } });
    return { a, b, c, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
