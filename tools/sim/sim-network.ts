import { ComityError } from '@comity/protocol/base';
import type { Random } from '@comity/testkit';
import type { SimTime } from './sim-time.ts';

/** How messages fare: parts of 1,000, and times in ms. */
export interface Weather {
  readonly drop: number;
  readonly duplicate: number;
  /** Answers of which only the beginning arrives. */
  readonly cut: number;
  readonly delayMs: number;
}

export const fair: Weather = { drop: 0, duplicate: 0, cut: 0, delayMs: 0 };
/** Whoever asks has given up by then. */
const patienceMs = 5000;

/** Somebody on the network; `run` grows with each start, so that no answer comes of a life before. */
export interface Host {
  readonly number: number;
  run: number;
  isUp: boolean;
  /** Added to each of its answers. */
  slowMs: number;
}

/**
 * The way between members. A question or its answer is lost, late, overtaken by another or asked twice, and who is on the other side of a
 * partition hears nothing: what of it happens comes of the dice alone.
 */
export class SimNetwork {
  weather: Weather = fair;
  /** A bit a member: those of one value hear each other. */
  sides = 0;
  requests = 0;
  readonly #time: SimTime;
  #dice: Random;

  constructor(time: SimTime, dice: Random) {
    this.#time = time;
    this.#dice = dice;
  }

  /** What happens from now on hangs on these dice: so leaving out something before does not change it. */
  throwDice(dice: Random): void {
    this.#dice = dice;
  }

  canHear(one: Host, other: Host): boolean {
    return one.isUp && other.isUp && ((this.sides >> one.number) & 1) === ((this.sides >> other.number) & 1);
  }

  /** Whether an answer arrives cut, and after how many of its parts. */
  cutAfter(parts: number): number {
    return this.#happens(this.weather.cut) ? this.#dice.below(Math.max(1, parts)) : parts;
  }

  /** @throws {ComityError} `REMOTE_FAILED` when no answer comes; what was asked may have been done. */
  async ask<T>(from: Host, to: Host, answer: () => Promise<T>): Promise<T> {
    this.requests += 1;
    const runs = [from.run, to.run] as const;
    const isLost = this.#happens(this.weather.drop);
    const isAnswerLost = this.#happens(this.weather.drop);
    const isTwice = this.#happens(this.weather.duplicate);
    await this.#travel(to);
    if (from.run !== runs[0]) return await new Promise(() => undefined);
    if (isLost || !this.canHear(from, to) || to.run !== runs[1]) throw unreachable(to);
    if (isTwice) this.#again(to, answer);
    let isLate = false;
    let giveUp = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      giveUp = this.#time.after(patienceMs, () => {
        isLate = true;
        reject(unreachable(to));
      });
    });
    const done = await Promise.race([answer(), late]).finally(() => giveUp());
    await this.#travel(to);
    if (from.run !== runs[0]) return await new Promise(() => undefined);
    if (isLate || isAnswerLost || !this.canHear(from, to)) throw unreachable(to);
    return done;
  }

  /** The same question a while later, to whose answer nobody listens. */
  #again(to: Host, answer: () => Promise<unknown>): void {
    const { run } = to;
    this.#time.after(this.#dice.below(3000), () => {
      if (to.run === run && to.isUp) answer().catch(() => undefined);
    });
  }

  async #travel({ slowMs }: Host): Promise<void> {
    const delayMs = (this.weather.delayMs === 0 ? 0 : this.#dice.below(this.weather.delayMs)) + slowMs;
    if (delayMs > 0) await new Promise<void>((resolve) => this.#time.after(delayMs, resolve));
  }

  #happens(ofThousand: number): boolean {
    return ofThousand > 0 && this.#dice.below(1000) < ofThousand;
  }
}

function unreachable({ number }: Host): ComityError {
  return new ComityError('REMOTE_FAILED', `Cannot reach member ${number}`);
}
