import {
  ipv4NumberOf,
  ipv4TextOf,
  ipv6GroupsOf,
  ipv6TextOf,
  mappedIpv4Of,
  maskIpv4,
  maskIpv6,
} from '@comity/protocol/values';
import type { Value } from '@comity/protocol/values';

/**
 * docs/spec/matching.md with strings, regular expressions and maps: slow, for tests only, and so plain that reading it beside
 * the document shows that it is right. It shares no code with the matcher but the parsing of address text.
 */
export class NaiveMatcher {
  readonly #names = new Set<string>();
  readonly #networks = new Set<string>();
  readonly #urls = new Map<string, string[]>();
  readonly #emails = new Map<string, string[]>();
  readonly #digests = new Set<string>();

  constructor(values: Iterable<Value>) {
    for (const { kind, value } of values) {
      if (kind === 'domain') this.#names.add(value);
      else if (kind === 'ipv4') this.#networks.add(value.includes('/') ? value : `${value}/32`);
      else if (kind === 'ipv6') this.#networks.add(value.includes('/') ? value : `${value}/128`);
      else if (kind === 'url') append(this.#urls, /^(?:\[[^\]]*\]|[^:/]*)/.exec(value)![0], value);
      else if (kind === 'email') append(this.#emails, value.slice(value.lastIndexOf('@') + 1), value);
      else this.#digests.add(value);
    }
  }

  /** Every hit in a line given as Latin-1 text, as `start end relation value port`, sorted. */
  hitsIn(line: string): string[] {
    const hits: string[] = [];
    for (const match of line.matchAll(/[0-9A-Za-z_.-]+/g)) this.#judgeToken(line, match[0], match.index, hits);
    for (const match of line.matchAll(/[0-9A-Za-z_.:-]+/g)) this.#judgeRun(line, match[0], match.index, hits);
    for (const match of line.matchAll(/[0-9A-Za-z]+/g)) {
      const digest = match[0].toLowerCase();
      if (this.#digests.has(digest)) hits.push(`${match.index} ${match.index + digest.length} exact ${digest} -1`);
    }
    return hits.toSorted();
  }

  #judgeToken(line: string, raw: string, rawStart: number, hits: string[]): void {
    const rawEnd = rawStart + raw.length;
    const host = raw.replace(/^[.-]+/, '').replace(/[.-]+$/, '');
    if (!host.includes('.') || line[rawEnd] === '@') return;
    const start = rawStart + raw.indexOf(host);
    const end = start + host.length;
    const port = end === rawEnd ? portAt(line, rawEnd) : -1;
    const name = lower(host);
    const isAddress = ipv4NumberOf(host) >= 0;
    if (isAddress) {
      this.#judgeAddress(ipv4NumberOf(host), start, end, port, hits);
    } else {
      for (let at = 0; at >= 0; at = nextLabel(name, at)) {
        const suffix = name.slice(at);
        if (this.#names.has(suffix)) hits.push(`${start} ${end} ${at === 0 ? 'exact' : 'subdomain'} ${suffix} ${port}`);
        if (at > 0 && this.#names.has(`*.${suffix}`)) hits.push(`${start} ${end} subdomain *.${suffix} ${port}`);
      }
      const isMailHost = rawStart === start && line[start - 1] === '@';
      this.#judgeEmails(line, name, start, end, isMailHost, hits);
    }
    const hostEnd = raw.endsWith('.') && rawEnd === end + 1 ? rawEnd : end;
    const isBehindScheme = rawStart === start && line.slice(Math.max(0, start - 3), start) === '://';
    this.#judgeUrls(line, name, start, end, rawEnd === hostEnd ? hostEnd : -1, isBehindScheme, port, hits);
  }

  #judgeAddress(address: number, start: number, end: number, port: number, hits: string[]): void {
    for (let bits = 0; bits <= 32; bits++) {
      const network = ipv4TextOf(maskIpv4(address, bits));
      if (!this.#networks.has(`${network}/${bits}`)) continue;
      hits.push(`${start} ${end} ${bits === 32 ? `exact ${network}` : `cidr ${network}/${bits}`} ${port}`);
    }
  }

  #judgeEmails(line: string, host: string, start: number, end: number, isMailHost: boolean, hits: string[]): void {
    const listed = this.#emails.get(host);
    if (listed === undefined) return;
    const before = hits.length;
    for (const email of isMailHost ? listed : []) {
      const local = Buffer.from(email.slice(0, email.lastIndexOf('@'))).toString('latin1');
      const localStart = start - 1 - local.length;
      if (localStart < 0 || lower(line.slice(localStart, start - 1)) !== local) continue;
      if (/[0-9A-Za-z._%+-]/.test(line[localStart - 1] ?? ' ')) continue;
      hits.push(`${localStart} ${end} exact ${email} -1`);
    }
    if (hits.length === before) hits.push(`${start} ${end} gate ${host} -1`);
  }

  #judgeUrls(
    line: string,
    host: string,
    start: number,
    end: number,
    hostEnd: number,
    isBehindScheme: boolean,
    port: number,
    hits: string[],
  ): void {
    const listed = this.#urls.get(host);
    if (listed === undefined) return;
    const before = hits.length;
    if (hostEnd >= 0) this.#judgeUrlsAt(line, host, listed, start, hostEnd, isBehindScheme, hits);
    if (hits.length === before) hits.push(`${start} ${end} gate ${host.replace(/^\[|\]$/g, '')} ${port}`);
  }

  #judgeUrlsAt(
    line: string,
    host: string,
    listed: readonly string[],
    start: number,
    hostEnd: number,
    isBehindScheme: boolean,
    hits: string[],
  ): void {
    let portText = '';
    let at = hostEnd;
    if (line[at] === ':') {
      const port = portAt(line, at);
      if (port < 0) return;
      if (port !== 80 && port !== 443) portText = `:${port}`;
      at += 1 + String(port).length;
    }
    if (line[at] === '@' || (line[at] !== '/' && !isBehindScheme)) return;
    const hasTail = line[at] === '/' || line[at] === '?';
    const tailStart = line[at] === '/' ? at + 1 : at;
    const tail = hasTail ? /^[^\x00-\x20"<>#\\\x7f-\xff]*/.exec(line.slice(tailStart))![0] : '';
    const trimmed = tail.replace(/[.,;:!?')\]}|]+$/, '');
    for (const url of listed) {
      const path = `${host}${portText}/${tail}`;
      if (url === path) hits.push(`${start} ${tailStart + tail.length} exact ${url} -1`);
      else if (url === `${host}${portText}/${trimmed}`)
        hits.push(`${start} ${tailStart + trimmed.length} exact ${url} -1`);
      else if (url.endsWith('*') && path.startsWith(url.slice(0, -1))) {
        hits.push(`${start} ${tailStart + tail.length} prefix ${url} -1`);
      }
    }
  }

  /** A run of token bytes and colons: its pieces between colons, put together again as far as they can be an address. */
  #judgeRun(line: string, run: string, runStart: number, hits: string[]): void {
    let at = runStart;
    let text: { start: number; end: number } | undefined;
    const close = (): void => {
      if (text !== undefined) this.#judgeIpv6(line, text.start, text.end, hits);
      text = undefined;
    };
    for (const whole of run.split(':')) {
      const core = whole.replace(/^[.-]+/, '').replace(/[.-]+$/, '');
      const start = at + whole.indexOf(core);
      const isQuad = ipv4NumberOf(core) >= 0;
      const fits = whole === '' || /^[0-9a-fA-F]{1,4}$/.test(core) || isQuad;
      if (!fits || start > at) close();
      if (fits) {
        text = { start: text?.start ?? start, end: start + core.length };
        if (isQuad || start + core.length < at + whole.length) close();
      }
      at += whole.length + 1;
    }
    close();
  }

  #judgeIpv6(line: string, from: number, to: number, hits: string[]): void {
    let start = from;
    let end = to;
    if (/^:(?!:)/.test(line.slice(start, end))) start++;
    if (/(?<!:):$/.test(line.slice(start, end))) end--;
    const text = line.slice(start, end);
    const groups = ipv6GroupsOf(text);
    if (groups === undefined) return;
    const isBracketed = line[start - 1] === '[' && line[end] === ']';
    const port = isBracketed ? portAt(line, end + 1) : -1;
    const mapped = mappedIpv4Of(groups);
    if (mapped >= 0) {
      if (!text.includes('.')) this.#judgeAddress(mapped, start, end, port, hits);
      return;
    }
    for (let bits = 0; bits <= 128; bits++) {
      const network = ipv6TextOf(maskIpv6(groups, bits));
      if (!this.#networks.has(`${network}/${bits}`)) continue;
      hits.push(`${start} ${end} ${bits === 128 ? `exact ${network}` : `cidr ${network}/${bits}`} ${port}`);
    }
    const host = `[${ipv6TextOf(groups)}]`;
    if (!this.#urls.has(host)) return;
    if (!isBracketed) hits.push(`${start} ${end} gate ${host.slice(1, -1)} ${port}`);
    else {
      const isBehindScheme = line.slice(Math.max(0, start - 4), start - 1) === '://';
      this.#judgeUrls(line, host, start - 1, end + 1, end + 1, isBehindScheme, port, hits);
    }
  }
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}

function nextLabel(name: string, at: number): number {
  const dot = name.indexOf('.', at);
  return dot < 0 ? -1 : dot + 1;
}

/** Bytes are folded, so only ASCII is. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function portAt(line: string, at: number): number {
  const digits = /^:(0|[1-9][0-9]{0,4})(?![0-9A-Za-z_.-]|:[0-9])/.exec(line.slice(at, at + 8))?.[1];
  return digits === undefined || Number(digits) > 65535 ? -1 : Number(digits);
}
