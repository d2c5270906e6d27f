import { ComityError } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { Tlp } from '@comity/protocol/markings';
import { createRandom } from '@comity/testkit';
import { copyModel, Oracle } from './oracle.ts';
import type { Model, Violation } from './oracle.ts';
import { tellLie } from './lies.ts';
import { checkEnd, makeUp } from './quiet.ts';
import { objectId, objectText } from './objects.ts';
import type { Script, Step } from './script.ts';
import { SimMember } from './sim-member.ts';
import type { MemberImage, PlantedFaults } from './sim-world.ts';
import { SimNetwork } from './sim-network.ts';
import { SimTime } from './sim-time.ts';
import { createRealCrypto, createStandInCrypto } from './stand-in-crypto.ts';

/** What is known of a simulation while it runs. */
export class Simulation {
  readonly script: Script;
  readonly time = new SimTime();
  readonly network: SimNetwork;
  readonly oracle: Oracle;
  readonly members: SimMember[] = [];
  /** What each object's owner said of it last. */
  readonly told = new Map<number, { readonly revision: number; readonly tlp: Tlp; readonly isRecalled: boolean }>();
  /** Members that went back to a backup. */
  readonly restored = new Set<SimMember>();
  readonly copies = new Map<SimMember, { readonly image: MemberImage; readonly model: Model }>();
  readonly held = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(script: Script, faults: PlantedFaults) {
    this.script = script;
    const keys = script.isNative ? createRealCrypto() : createStandInCrypto();
    this.network = new SimNetwork(this.time, createRandom(1));
    this.oracle = new Oracle(keys.crypto.sha256);
    const { time, network, oracle: observer, members } = this;
    const kinds = [
      'note',
      'cosignature-ed25519',
      ...(script.isNative ? (['cosignature-ml-dsa-44'] as const) : []),
    ] as const;
    const world = { time, network, keys, kinds, members, observer };
    for (let number = 0; number < script.members; number += 1) members.push(new SimMember(number, world, faults));
    for (const [one, other] of script.pairs) {
      this.member(one).peers.add(this.member(other));
      this.member(other).peers.add(this.member(one));
    }
    for (const liar of script.liars) this.member(liar).keepsAll = true;
  }

  member(number: number): SimMember {
    return this.members[number]!;
  }

  owner(object: number): SimMember {
    return this.member(object % this.script.members);
  }

  isLiar(member: SimMember): boolean {
    return this.script.liars.includes(member.number);
  }

  async start(): Promise<void> {
    for (const member of this.members) await member.start();
    for (const member of this.members) await member.introduce([...member.peers].slice(-this.script.witnesses));
    await this.time.advance(1500);
  }

  async step(step: Step): Promise<void> {
    this.network.throwDice(createRandom(step.dice));
    await this.#perform(step);
    await this.time.advance(step.do === 'wait' ? step.ms : step.dice % 40);
    this.check();
  }

  check(): void {
    for (const member of this.members) this.oracle.check(member);
  }

  /** Runs beside what comes next. Whatever goes wrong is a fault but for errors of these codes. */
  begin(member: SimMember, name: string, act: () => Promise<unknown>, expected: readonly ErrorCode[] = []): void {
    const { run } = member;
    const key = `${member.number} ${run} ${name}`;
    if (!member.isUp || this.#underWay.has(key)) return;
    this.#underWay.add(key);
    act()
      .catch((error: unknown) => {
        if (error instanceof ComityError && expected.includes(error.code)) return;
        this.oracle.fault(member, name, error);
      })
      .finally(() => this.#underWay.delete(key));
  }

  /** One round of the exchange of a member with another. */
  sync(member: SimMember, from: SimMember): void {
    if (!member.peers.has(from) || member.suspended.has(from.id)) return;
    this.begin(
      member,
      `sync ${from.number}`,
      async () => {
        const { federation } = member.parts;
        const signal = new AbortController().signal;
        const items = await federation.pull(from.id, signal);
        await federation.sendReceipts(from.id, signal);
        await federation.askEvidence(from.id, signal);
        if (items > 0) await federation.publish();
      },
      ['REMOTE_FAILED', 'PEER_MALFORMED', 'LEDGER_UNPROVEN', 'CONFLICT'],
    );
  }

  suspend(member: SimMember, whom: SimMember, isSuspended: boolean): void {
    if (!member.isUp || !member.peers.has(whom) || member.suspended.has(whom.id) === isSuspended) return;
    const { suspended } = this.oracle.modelOf(member);
    if (isSuspended) member.suspended.add(whom.id);
    else member.suspended.delete(whom.id);
    if (!isSuspended) suspended.delete(whom.id);
    this.begin(member, `suspend ${whom.number} ${isSuspended}`, async () => {
      await member.parts.federation.suspend(whom.id, isSuspended);
      if (isSuspended && member.suspended.has(whom.id)) suspended.add(whom.id);
    });
  }

  async startMember(member: SimMember): Promise<void> {
    if (member.isUp) return;
    await member.start();
    // As the node does when it starts (`settle` in compose-federation.ts).
    const { federation } = member.parts;
    const out = new Set(federation.suspended());
    for (const { id } of this.members) {
      const isSuspended = member.suspended.has(id);
      if (!isSuspended && !out.has(id)) continue;
      this.begin(member, `settle ${id}`, () => federation.suspend(id, isSuspended));
    }
  }

  restore(member: SimMember): void {
    const copy = this.copies.get(member);
    if (copy === undefined) return;
    member.restore(copy.image);
    this.oracle.models.set(member, copyModel(copy.model));
    this.restored.add(member);
  }

  async #perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'tell':
        return this.#tell(step.object, step.tlp);
      case 'recall': {
        const owner = this.owner(step.object);
        this.begin(
          owner,
          `recall ${step.object}`,
          async () => {
            const told = this.told.get(step.object);
            // What is being told at the same time may hold in the end.
            const isTelling = [...this.#underWay].some((key) => key.includes(`tell ${step.object} `));
            await owner.parts.federation.recall(objectId(step.object), step.reason);
            if (told !== undefined && !isTelling && this.told.get(step.object) === told)
              this.told.set(step.object, { ...told, isRecalled: true });
          },
          ['NOT_FOUND'],
        );
        return;
      }
      case 'handle': {
        const { tlp, hops, days } = step;
        const [member, to] = [this.member(step.member), this.member(step.to)];
        const handling = { tlp, hops, leaseDays: { indicator: days, report: days } };
        return this.begin(member, 'handle', () => member.parts.federation.setHandling(to.id, handling));
      }
      case 'quota': {
        const { itemsPerDay, objects } = step;
        const [member, { id }] = [this.member(step.member), this.member(step.of)];
        return this.begin(member, `quota ${step.of}`, async () => {
          const { federation } = member.parts;
          await federation.setQuota(id, { ...federation.quotaOf(id), itemsPerDay, objects });
        });
      }
      case 'suspend':
        return this.suspend(this.member(step.member), this.member(step.whom), step.isSuspended);
      case 'disagree': {
        const member = this.member(step.member);
        return this.begin(member, 'disagree', () => member.parts.federation.disagree(objectId(step.object)), [
          'NOT_FOUND',
        ]);
      }
      case 'sight': {
        const member = this.member(step.member);
        const row = member.intel.rows.get(objectId(step.object));
        if (row !== undefined) member.found.push({ ref: row.ref, atUs: member.nowUs() });
        return this.begin(member, 'sight', () => member.parts.federation.tellSightings());
      }
      case 'hold': {
        const member = this.member(step.member);
        if (member.isUp && step.isHeld) this.held.add(`${member.number} ${step.object}`);
        const hold = step.isHeld ? { reason: 'an order', by: 'test' } : undefined;
        return this.begin(member, 'hold', () => member.parts.federation.hold(objectId(step.object), hold));
      }
      case 'sync':
        return this.sync(this.member(step.member), this.member(step.from));
      case 'publish': {
        const member = this.member(step.member);
        return this.begin(member, 'publish', () => member.parts.federation.publish());
      }
      case 'wait':
        return;
      case 'leap':
        return await this.time.leap(step.hours * 3_600_000);
      case 'stop':
        return this.member(step.member).stopAfter(step.afterWrites, step.keepsLast);
      case 'start':
        return await this.startMember(this.member(step.member));
      case 'copy': {
        const member = this.member(step.member);
        this.copies.set(member, { image: member.image(), model: copyModel(this.oracle.modelOf(member)) });
        return;
      }
      case 'restore':
        return this.restore(this.member(step.member));
      case 'part':
        this.network.sides = step.sides;
        return;
      case 'slow':
        this.member(step.member).slowMs = step.ms;
        return;
      case 'weather':
        this.network.weather = step;
        return;
      case 'clock':
        this.member(step.member).skewMs = step.seconds * 1000;
        return;
      case 'lie': {
        const liar = this.member(step.member);
        // Another tree is shown to one; everything else is told everybody.
        const listeners = [...liar.peers].filter((peer) => step.lie !== 'fork' || peer.number === step.to);
        for (const to of listeners)
          this.begin(liar, `lie to ${to.number}`, () => tellLie(step.lie, liar, to, liar.kept));
        return;
      }
    }
  }

  #tell(object: number, tlp: Tlp): void {
    const owner = this.owner(object);
    if (!owner.isUp) return;
    const revision = (this.told.get(object)?.revision ?? 0) + 1;
    this.told.set(object, { revision, tlp, isRecalled: false });
    this.begin(owner, `tell ${object} ${revision}`, () => owner.tell([objectText(object, revision, tlp)]));
  }
}

/** Runs a script to its end, and then until everybody made up. @returns What must never have been. */
export async function runScript(script: Script, faults: PlantedFaults = {}): Promise<readonly Violation[]> {
  const simulation = new Simulation(script, faults);
  try {
    await simulation.start();
    for (const step of script.steps) {
      await simulation.step(step);
      if (simulation.oracle.violations.length > 0) return simulation.oracle.violations;
    }
    await makeUp(simulation);
    await checkEnd(simulation);
    return simulation.oracle.violations;
  } finally {
    for (const member of simulation.members) member.close();
  }
}
