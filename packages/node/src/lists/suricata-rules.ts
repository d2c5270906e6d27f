import { hash } from 'node:crypto';
import type { ListItem } from '../intel/index.ts';
import { isBelowOnly, lineFormat } from './list-format.ts';

/** Where our signature ids are: above those that rule sets in use have given out. */
const sidFrom = 1_500_000_000;
const sidCount = 500_000_000;

/**
 * Rules of Suricata (6 or later): a name in DNS queries and TLS, itself and what is below it; an address either way; a URL in
 * HTTP. Digests go into datasets. Two that differ never have one signature id, and a value keeps its id from one list to the
 * next as long as none that came before takes it.
 */
export const suricataRules = lineFormat({
  fileName: 'comity.rules',
  begin: () => {
    const taken = new Set<number>();
    const sidOf = (text: string): number => {
      let sid = sidFrom + (Number.parseInt(hash('sha256', text).slice(0, 12), 16) % sidCount);
      while (taken.has(sid)) sid = sid + 1 < sidFrom + sidCount ? sid + 1 : sidFrom;
      taken.add(sid);
      return sid;
    };
    return (item) => {
      const rules = rulesFor(item).map(({ head, match }) => {
        const about = `msg:"Comity ${escapeOption(item.value)}"; reference:url,${item.indicator}; `;
        return `alert ${head} (${about}${match}sid:${sidOf(head + match)}; rev:1;)\n`;
      });
      return rules.length === 0 ? undefined : rules.join('');
    };
  },
});

interface Rule {
  /** Protocol, addresses and ports. */
  readonly head: string;
  /** Options that decide, each with its semicolon. */
  readonly match: string;
}

function rulesFor({ kind, value, port }: ListItem): readonly Rule[] {
  if (kind === 'url') return [urlRule(value)];
  if (kind === 'domain') {
    const inTls = { head: `tls any any -> any ${port ?? 'any'}`, match: `tls.sni; ${nameMatch(value)}` };
    return port === undefined
      ? [{ head: 'dns any any -> any any', match: `dns.query; ${nameMatch(value)}` }, inTls]
      : [inTls];
  }
  if (kind !== 'ipv4' && kind !== 'ipv6') return [];
  return [{ head: port === undefined ? `ip any any <> ${value} any` : `tcp any any -> ${value} ${port}`, match: '' }];
}

function nameMatch(name: string): string {
  const below = isBelowOnly(name);
  return `${below ? '' : 'dotprefix; '}content:"${escapeContent(below ? name.slice(1) : `.${name}`)}"; nocase; endswith; `;
}

/** A URL as values have it: `host[:port]/path?query`, a last `*` for all that begin so. */
function urlRule(url: string): Rule {
  const at = url.indexOf('/');
  const authority = at < 0 ? url : url.slice(0, at);
  const rest = at < 0 ? '/' : url.slice(at);
  const [, host = authority, port = 'any'] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const isBeginning = rest.endsWith('*');
  const path = isBeginning ? rest.slice(0, -1) : rest;
  const hostMatch = `http.host; content:"${escapeContent(host.replace(/^\[|\]$/g, ''))}"; startswith; endswith; `;
  const pathMatch = `http.uri.raw; content:"${escapeContent(path)}"; startswith; ${isBeginning ? '' : 'endswith; '}`;
  return { head: `http any any -> any ${port}`, match: hostMatch + pathMatch };
}

/** Bytes that mean something in the text of a rule, or are none of ASCII's, are written as hexadecimal. */
function escapeContent(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x21 || byte > 0x7e || '"\\;:|'.includes(String.fromCharCode(byte))
        ? `|${byte.toString(16).padStart(2, '0')}|`
        : String.fromCharCode(byte),
    )
    .join('');
}

function escapeOption(text: string): string {
  return text.replaceAll(/["\\;]/g, (character) => `\\${character}`);
}
