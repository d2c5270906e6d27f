import { RE2JS } from 're2js';
import type { Warninglist } from '@comity/protocol/misp';
import { valueKinds, whyTooBroad } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { AddressSet } from './address-set.ts';
import { judgesKind } from './attributes.ts';
import { EntrySet, SubstringSet } from './text-sets.ts';

/** Why a value counts as known good. */
export interface Verdict {
  readonly list: string;
  readonly entry: string;
}

export interface KnownGoodGate {
  /** The first list that knows the value as good, or undefined. Linear in the value, whatever the lists hold. */
  judge(value: ListedValue): Verdict | undefined;
  /** Entries no list could use, by list name. */
  readonly unusable: readonly { readonly list: string; readonly entry: string; readonly reason: string }[];
}

/** Entries named as unusable; a list may be any length. */
const unusableMax = 1000;
/** Beside all lists: what no list could name entry by entry. */
export const tooBroadList = 'Too broad to look for';
const expressionCharsMax = 1000;

interface Expression {
  readonly matches: (text: string) => boolean;
  readonly entry: string;
  readonly list: number;
}

/**
 * Compiles warninglists into one gate. Pure: the stand-alone screen uses it as the node does.
 *
 * As misp-warninglist-format says: `string` equal (letter case aside), `hostname` equal or below, for URLs their host,
 * `substring` contained, `cidr` inside the network, `regex` found by a linear engine (an expression it cannot run is
 * unusable, not guessed). What is too broad to be looked for is held back whatever the lists say. `matching_attributes` limits the kinds a list judges. A name pattern `*.x` is judged as `x`.
 */
export function compileKnownGood(lists: readonly Warninglist[]): KnownGoodGate {
  return new CompiledGate(lists);
}

class CompiledGate implements KnownGoodGate {
  readonly unusable: { list: string; entry: string; reason: string }[] = [];
  readonly #names: readonly string[];
  readonly #wanted: Record<ValueKind, (list: number) => boolean>;
  readonly #equal = new EntrySet();
  readonly #hosts = new EntrySet();
  readonly #parts = new SubstringSet();
  readonly #networks = new AddressSet();
  readonly #expressions: Expression[] = [];

  constructor(lists: readonly Warninglist[]) {
    this.#names = lists.map((list) => list.name);
    this.#wanted = Object.fromEntries(
      (Object.keys(valueKinds) as ValueKind[]).map((kind) => {
        const judged = lists.map((list) => judgesKind(list.matchingAttributes, kind));
        return [kind, (list: number): boolean => judged[list] === true];
      }),
    ) as Record<ValueKind, (list: number) => boolean>;
    for (const [index, list] of lists.entries()) {
      for (const entry of list.list) this.#add(list, entry, index);
    }
  }

  judge(value: ListedValue): Verdict | undefined {
    if (whyTooBroad(value) !== undefined) return { list: tooBroadList, entry: value.value };
    const wanted = this.#wanted[value.kind];
    const text = judgedText(value);
    const list = this.#equal.find(text, wanted);
    if (list !== undefined) return this.#verdict(list, text);
    if (value.kind === 'ipv4' || value.kind === 'ipv6') {
      const network = this.#networks.find(text, wanted);
      if (network !== undefined) return this.#verdict(network.list, network.entry);
    }
    return this.#judgeHost(value.kind, text, wanted) ?? this.#judgeParts(text, wanted);
  }

  #judgeHost(kind: ValueKind, text: string, wanted: (list: number) => boolean): Verdict | undefined {
    if (this.#hosts.isEmpty || (kind !== 'domain' && kind !== 'url')) return undefined;
    let host = kind === 'url' ? hostOfUrl(text) : text;
    for (;;) {
      const list = this.#hosts.find(host, wanted);
      if (list !== undefined) return this.#verdict(list, host);
      const dot = host.indexOf('.');
      if (dot < 0) return undefined;
      host = host.slice(dot + 1);
    }
  }

  #judgeParts(text: string, wanted: (list: number) => boolean): Verdict | undefined {
    const part = this.#parts.find(text, wanted);
    if (part !== undefined) return this.#verdict(part.list, part.entry);
    for (const { matches, entry, list } of this.#expressions) {
      if (wanted(list) && matches(text)) return this.#verdict(list, entry);
    }
    return undefined;
  }

  #verdict(list: number, entry: string): Verdict {
    return { list: this.#names[list] ?? '', entry };
  }

  #add(list: Warninglist, entry: string, index: number): void {
    const folded = entry.toLowerCase();
    switch (list.type) {
      case 'string':
        this.#equal.add(folded, index);
        return;
      case 'hostname':
        this.#hosts.add(folded.replace(/^\.+|\.+$/g, ''), index);
        return;
      case 'substring':
        this.#parts.add(folded, index);
        return;
      case 'cidr':
        if (!this.#networks.add(entry, index)) this.#refuse(list, entry, 'it is neither an address nor a network');
        return;
      case 'regex':
        this.#addExpression(list, entry, index);
    }
  }

  #addExpression(list: Warninglist, entry: string, index: number): void {
    const parts = /^\/(.*)\/([a-zA-Z]*)$/s.exec(entry);
    const source = parts?.[1] ?? entry;
    // Values are in lower case already, so an expression is always compared without regard to it.
    const flags = RE2JS.CASE_INSENSITIVE | (parts?.[2]?.includes('s') === true ? RE2JS.DOTALL : 0);
    if (source.length > expressionCharsMax) {
      this.#refuse(list, entry, `it is longer than ${expressionCharsMax} characters`);
      return;
    }
    try {
      const compiled = RE2JS.compile(source, flags);
      this.#expressions.push({ matches: (text) => compiled.matcher(text).find(), entry, list: index });
    } catch (error) {
      this.#refuse(list, entry, error instanceof Error ? error.message : String(error));
    }
  }

  #refuse(list: Warninglist, entry: string, reason: string): void {
    if (this.unusable.length < unusableMax) this.unusable.push({ list: list.name, entry, reason });
  }
}

function judgedText({ kind, value }: ListedValue): string {
  if (kind === 'domain' && value.startsWith('*.')) return value.slice(2);
  if (kind === 'url' && value.endsWith('*')) return value.slice(0, -1).toLowerCase();
  // URLs and file names keep their case in normal form; lists are compared without it.
  return value.toLowerCase();
}

function hostOfUrl(url: string): string {
  const end = url.search(/[/?#]/);
  const authority = end < 0 ? url : url.slice(0, end);
  const port = /:\d+$/.exec(authority);
  return port === null ? authority : authority.slice(0, port.index);
}
