import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { ipv4NumberOf, ipv4TextOf, ipv6GroupsOf, ipv6TextOf, mappedIpv4Of } from '@comity/protocol/values';

/** A property that is not known is not there. */
export type Properties = Readonly<Record<string, JsonValue | undefined>>;

/**
 * The objects one record shows, named `0`, `1`, … as the keys of `objects` are, so that they can refer to each other.
 *
 * What a record says is untrusted: an address that is none makes no object.
 */
export class Scene {
  readonly objects = new Map<string, JsonObject>();

  /** Adds an object with the properties that are known. @returns its name, for references. */
  add(type: string, properties: Properties): string {
    const object: JsonObject = { type };
    for (const key in properties) {
      const value = properties[key];
      if (value !== undefined) object[key] = value;
    }
    return this.#put(object);
  }

  #put(object: JsonObject): string {
    const name = String(this.objects.size);
    this.objects.set(name, object);
    return name;
  }

  /** An address in its normal form; undefined when the text is none. */
  address(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    const found = addressOf(text);
    return found === undefined ? undefined : this.#put(found);
  }

  /** A name in lower case without its final dot; undefined when there is none. */
  domain(text: string | undefined, resolvesTo: readonly (string | undefined)[] = []): string | undefined {
    const value = nameOf(text);
    if (value === undefined) return undefined;
    const references = resolvesTo.filter((each) => each !== undefined);
    return this.#put(
      references.length > 0
        ? { type: 'domain-name', value, resolves_to_refs: references }
        : { type: 'domain-name', value },
    );
  }

  /** An address where the text is one, else a name. */
  endpoint(text: string | undefined): string | undefined {
    return this.address(text) ?? this.domain(text);
  }

  /** The mailbox in `Name <a@b.example>` or `a@b.example`. */
  mailbox(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    const opened = text.lastIndexOf('<');
    const closed = text.indexOf('>', opened);
    const value = (opened >= 0 && closed > opened ? text.slice(opened + 1, closed) : text).trim();
    if (value.indexOf('@') < 1) return undefined;
    const display =
      opened > 0
        ? text
            .slice(0, opened)
            .trim()
            .replace(/^"([^"]*)"$/, '$1')
        : '';
    return this.add('email-addr', { value, display_name: display === '' ? undefined : display });
  }

  /** A file at a path, with its directory. */
  file(path: string | undefined, properties: Properties = {}): string | undefined {
    if (path === undefined && Object.values(properties).every((value) => value === undefined)) return undefined;
    const cut = path === undefined ? -1 : Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
    const directory = path !== undefined && cut > 0 ? this.add('directory', { path: path.slice(0, cut) }) : undefined;
    const name = path?.slice(cut + 1);
    return this.add('file', { ...properties, name: name === '' ? undefined : name, parent_directory_ref: directory });
  }
}

/** An address in its normal form: IPv6 as RFC 5952 writes it, IPv4-mapped as IPv4. */
function addressOf(text: string): JsonObject | undefined {
  if (ipv4NumberOf(text) >= 0) return { type: 'ipv4-addr', value: text };
  if (!text.includes(':')) return undefined;
  const groups = ipv6GroupsOf(text);
  if (groups === undefined) return undefined;
  const mapped = mappedIpv4Of(groups);
  return mapped >= 0
    ? { type: 'ipv4-addr', value: ipv4TextOf(mapped) }
    : { type: 'ipv6-addr', value: ipv6TextOf(groups) };
}

const nameForm = /^[^\s/:@<>"']{1,253}$/;

function nameOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  return nameForm.test(name) ? name : undefined;
}
