import { ComityError, parseJson, parseUtf8, quote } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';
import { recogniseApiRoot, recogniseCollection, recogniseStatus, recogniseTaxiiError } from '@comity/protocol/taxii';
import type { RemoteStatus } from '@comity/protocol/taxii';
import { askTaxii, statusOf } from './ask-taxii.ts';
import type { TaxiiAccess, TaxiiDeps } from './ask-taxii.ts';
import { atPath, findObjects, readResource } from './find-objects.ts';

/** A collection elsewhere that objects are sent to. */
interface RemoteTarget {
  /** Largest body it takes, bytes. */
  readonly contentBytesMax: number;
  /** `refused`: it takes none of it as it is, but may take a smaller or another one. */
  send(
    envelope: Uint8Array,
  ): Promise<
    { readonly kind: 'status'; readonly status: RemoteStatus } | { readonly kind: 'refused'; readonly reason: string }
  >;
  /** Undefined when the server knows nothing of it. */
  statusOf(id: string): Promise<RemoteStatus | undefined>;
}

/** What is sent at once to a server that does not say what it takes. */
const defaultBytesMax = 5 * 1024 * 1024;
/** A status names every object that was sent. */
const statusBytesMax = 16 * 1024 * 1024;
/** Answers that say something about what was sent, not about who sent it. */
const refusedStatuses: ReadonlySet<unknown> = new Set([400, 413, 422]);

/**
 * Finds the collection that is meant and says how to send to it.
 *
 * @param url - With its credentials; of a collection, its objects, an API root or a discovery.
 * @throws {ComityError} as `findObjects`; `REMOTE_FAILED` when the server says that it takes nothing there.
 */
export async function openPushTarget(
  url: string,
  name: string | undefined,
  access: TaxiiAccess,
  deps: TaxiiDeps,
): Promise<RemoteTarget> {
  const { objectsUrl, rootUrl, collection } = await findObjects(url, { name, right: 'canWrite' }, access, deps);
  const root = new URL(rootUrl);
  const objects = new URL(objectsUrl);
  const collectionPath = objects.pathname.replace(/objects\/$/, '');
  const asked = collection ?? (await findResource(objects, collectionPath, access, deps, recogniseCollection));
  if (asked?.canWrite === false)
    throw new ComityError(
      'REMOTE_FAILED',
      `Cannot send to the collection ${quote(asked.title)}: the server says can_write is false`,
    );
  const limits = await findResource(root, root.pathname, access, deps, recogniseApiRoot);
  return {
    contentBytesMax: limits?.contentBytesMax ?? defaultBytesMax,
    async send(envelope) {
      try {
        const { bytes } = await askTaxii(objectsUrl, access, deps, envelope);
        return { kind: 'status', status: parseStatus(bytes) };
      } catch (error) {
        if (!refusedStatuses.has(statusOf(error))) throw error;
        return { kind: 'refused', reason: reasonOf(error as ComityError) };
      }
    },
    async statusOf(id) {
      try {
        const path = `${root.pathname}status/${encodeURIComponent(id)}/`;
        const { bytes } = await askTaxii(atPath(root, path), access, deps);
        return parseStatus(bytes);
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
  };
}

/** A resource that tells more, where the server shows it. */
async function findResource<T>(
  given: URL,
  path: string,
  access: TaxiiAccess,
  deps: TaxiiDeps,
  recognise: (value: JsonValue) => T | undefined,
): Promise<T | undefined> {
  try {
    return recognise(await readResource(given, path, access, deps));
  } catch (error) {
    // Who may send need not be shown anything else.
    if (error instanceof ComityError && [403, 404, 405].includes(Number(statusOf(error)))) return undefined;
    throw error;
  }
}

function parseStatus(bytes: Uint8Array): RemoteStatus {
  const status = recogniseStatus(parseJson(parseUtf8(bytes, 'the status'), statusBytesMax, 'the status'));
  if (status !== undefined) return status;
  throw new ComityError('REMOTE_FAILED', 'Cannot push: the server does not say what became of what it was sent');
}

/** What the server says, or its status where it says nothing that can be read. */
function reasonOf(error: ComityError): string {
  const { said, status } = error.details;
  const text = typeof said === 'string' ? said : '';
  try {
    const told = recogniseTaxiiError(parseJson(text, text.length, 'the error'));
    if (told !== undefined) return told;
  } catch (cause) {
    if (!(cause instanceof ComityError)) throw cause;
  }
  return `The server answered ${String(status)}`;
}
