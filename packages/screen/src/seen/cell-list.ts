/**
 * Where and when one key was seen: a cell a source and hour, sorted by hour, then source, in arrays that are used again for
 * every key.
 */
export class CellList {
  count = 0;
  source = new Uint32Array(32);
  hour = new Uint32Array(32);
  /** Minutes of the hour, 0 to 59, when it was first and last seen. */
  first = new Uint8Array(32);
  last = new Uint8Array(32);
  /** About how often: right to a factor of two once it has been in a run. At least 1. */
  times = new Float64Array(32);
  /** `seenFlags`. */
  flags = new Uint8Array(32);

  clear(): void {
    this.count = 0;
  }

  add(source: number, hour: number, first: number, last: number, times: number, flags: number): void {
    if (this.count === this.source.length) this.#grow();
    const at = this.count++;
    this.source[at] = source;
    this.hour[at] = hour;
    this.first[at] = first;
    this.last[at] = last;
    this.times[at] = times;
    this.flags[at] = flags;
  }

  /** Adds a cell of another list behind the last one; the same source and hour becomes one cell. */
  join(from: CellList, index: number): void {
    const at = this.count - 1;
    if (at < 0 || this.source[at] !== from.source[index] || this.hour[at] !== from.hour[index]) {
      this.add(
        from.source[index]!,
        from.hour[index]!,
        from.first[index]!,
        from.last[index]!,
        from.times[index]!,
        from.flags[index]!,
      );
      return;
    }
    this.first[at] = Math.min(this.first[at]!, from.first[index]!);
    this.last[at] = Math.max(this.last[at]!, from.last[index]!);
    this.times[at]! += from.times[index]!;
    this.flags[at]! |= from.flags[index]!;
  }

  #grow(): void {
    const capacity = this.count * 2;
    const larger = <T extends Uint32Array | Uint8Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.source = larger(this.source, new Uint32Array(capacity));
    this.hour = larger(this.hour, new Uint32Array(capacity));
    this.first = larger(this.first, new Uint8Array(capacity));
    this.last = larger(this.last, new Uint8Array(capacity));
    this.times = larger(this.times, new Float64Array(capacity));
    this.flags = larger(this.flags, new Uint8Array(capacity));
  }
}

/** Makes `out` the cells of both lists. */
export function mergeCells(left: CellList, right: CellList, out: CellList): void {
  out.clear();
  let leftAt = 0;
  let rightAt = 0;
  while (leftAt < left.count || rightAt < right.count) {
    const isLeft = rightAt >= right.count || (leftAt < left.count && isBefore(left, leftAt, right, rightAt));
    if (isLeft) out.join(left, leftAt++);
    else out.join(right, rightAt++);
  }
}

function isBefore(left: CellList, leftAt: number, right: CellList, rightAt: number): boolean {
  const leftHour = left.hour[leftAt]!;
  const rightHour = right.hour[rightAt]!;
  return leftHour < rightHour || (leftHour === rightHour && left.source[leftAt]! <= right.source[rightAt]!);
}
