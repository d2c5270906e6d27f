import { timestampOfUs } from '../base/index.ts';

/** Resources of TAXII 2.1 as they are written on the wire (§4 and §5). */
export interface TaxiiDiscovery {
  readonly title: string;
  readonly description?: string;
  readonly contact?: string;
  /** One of `api_roots`. */
  readonly default?: string;
  readonly api_roots?: readonly string[];
}

/** An API root (§4.2). */
export interface TaxiiApiRoot {
  readonly title: string;
  readonly description?: string;
  readonly versions: readonly string[];
  /** Largest body that is read, in bytes. */
  readonly max_content_length: number;
}

/** A collection as the caller sees it (§5.2). */
export interface TaxiiCollection {
  /** A UUID of version 4. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly alias?: string;
  readonly can_read: boolean;
  readonly can_write: boolean;
  readonly media_types: readonly string[];
}

/** One object of a status. */
export interface TaxiiStatusDetail {
  readonly id: string;
  readonly version: string;
  readonly message?: string;
}

/** What became of objects that were sent (§4.3.1). */
export interface TaxiiStatus {
  readonly id: string;
  readonly status: 'complete' | 'pending';
  readonly request_timestamp: string;
  readonly total_count: number;
  readonly success_count: number;
  readonly successes?: readonly TaxiiStatusDetail[];
  readonly failure_count: number;
  readonly failures?: readonly TaxiiStatusDetail[];
  readonly pending_count: number;
}

/** One line of a manifest (§5.3.1). */
export interface TaxiiManifestRecord {
  readonly id: string;
  readonly date_added: string;
  readonly version: string;
  readonly media_type: string;
}

/** What stands in every answer of 4xx and 5xx (§3.6.1). */
export interface TaxiiError {
  readonly title: string;
  readonly description: string;
  /** Names this very error, for the log of the server. */
  readonly error_id: string;
  readonly error_code: string;
  /** The status as text, as the standard has it. */
  readonly http_status: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** A time as TAXII writes it (§2): six digits of a second. */
export function taxiiTimestamp(us: number): string {
  return `${timestampOfUs(us).slice(0, -1)}${String(1000 + (((us % 1000) + 1000) % 1000)).slice(1)}Z`;
}

/**
 * An envelope of texts that are JSON objects already: they pass as they are (§3.7).
 *
 * @param next - Present when there is more.
 */
export function envelopeText(texts: readonly string[], next: string | undefined): string {
  const more = next === undefined ? '"more":false' : `"more":true,"next":${JSON.stringify(next)}`;
  return texts.length === 0 ? `{${more}}` : `{${more},"objects":[${texts.join(',')}]}`;
}
