import type { Exchange } from './exchanges.ts';

/** A way in which our server differs from one of the others on purpose, with the section of TAXII 2.1 it goes by. */
export interface Deviation {
  readonly because: string;
  readonly applies: (exchange: Exchange, ours: number) => boolean;
}

const isSignedIn = ({ headers }: Exchange): boolean => headers['Authorization'] !== undefined;

/** The first that applies is the reason. */
export const deviations: readonly Deviation[] = [
  {
    because: '§1.6.9: nothing is public, everybody signs in',
    applies: (exchange, ours) => ours === 401 && !isSignedIn(exchange),
  },
  {
    because: '§1.6.8: media types are compared as media types, and without a version the latest is meant',
    applies: ({ name, status }, ours) =>
      /accept|content type no version/i.test(name) && [406, 415].includes(status) && [200, 202].includes(ours),
  },
  {
    because: '§3.6: a fault in a request is a 400 with an error object, never a 500',
    applies: ({ status }, ours) => status === 500 && ours === 400,
  },
  {
    because: '§3.4.1: what match[version] does not know is refused, "all" stands alone, and no field stands twice',
    applies: ({ path, status }, ours) => /match/.test(path) && status === 200 && ours === 400,
  },
  {
    because: '§3.5: a cursor is opaque, and one of another server is none',
    applies: ({ path, status }, ours) => /[?&]next=/.test(path) && status === 200 && ours === 400,
  },
  {
    because: '§3.5: a cursor carries its own filters, so that a client that changes them goes on',
    applies: ({ name }, ours) => name.includes('changing_params') && ours === 200,
  },
  {
    because: '§3.1: a path without its last slash is answered at once, since a redirect loses credentials',
    applies: ({ status }, ours) => status === 308 && ours === 200,
  },
  {
    because: '§4.2: there is one API root',
    applies: ({ path }, ours) => ours === 404 && !/b0b42120|trustgroup1/.test(path),
  },
  {
    because: '§4.3: a status is for who sent the objects, and these were sent to another server',
    applies: ({ path }, ours) => ours === 404 && path.includes('/status/'),
  },
  {
    because: '§5.2: who may not read a collection is not told of it (404)',
    applies: ({ path, status }, ours) => ours === 404 && (status === 403 || path.includes('64993447')),
  },
  {
    because: '§5.2: a collection is there to be read by its audience; there is none that only takes objects',
    applies: ({ path, method }, ours) => method === 'GET' && ours === 200 && /5a97267e|472c94ae/.test(path),
  },
  {
    because: '§5.5: without can_write it is 403, since the collection is there to be read',
    applies: ({ method, status }, ours) => method === 'POST' && status === 404 && ours === 403,
  },
  {
    because: '§5.5: JSON that is no envelope is 422, a bundle too',
    applies: ({ method }, ours) => method === 'POST' && ours === 422,
  },
  {
    because: '§5.5: each object has its own outcome in a status; custom properties are kept',
    applies: ({ name, status }, ours) => /custom property|without id/.test(name) && status >= 400 && ours === 202,
  },
  {
    because: '§4.2: max_content_length is 8 MiB here, 1 KiB there',
    applies: ({ status }, ours) => status === 413 && ours === 202,
  },
  {
    because: '§5.7: what was taken back is there in a revoked version, for those who poll',
    applies: ({ name, method }, ours) => method === 'GET' && ours === 200 && /delete/.test(name),
  },
  {
    because:
      '§5.7: only who sent an object may take it back, versions are not deleted alone, and what is not there is 404',
    applies: ({ method }, ours) => method === 'DELETE' && (ours === 403 || ours === 404),
  },
];
