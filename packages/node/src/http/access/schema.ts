import type { SubjectSchema } from '../../store/index.ts';

/** Who may call: tokens and sessions, by the SHA-256 of their secrets. The secrets themselves are nowhere. */
export const accessSchema: SubjectSchema = {
  subject: 'access',
  steps: [
    {
      name: 'tokens and sessions',
      sql: `
        CREATE TABLE access_token (
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          scopes TEXT NOT NULL,
          secret_sha256 BLOB NOT NULL UNIQUE,
          created_us INTEGER NOT NULL,
          last_used_us INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE access_session (
          secret_sha256 BLOB PRIMARY KEY,
          name TEXT NOT NULL,
          scopes TEXT NOT NULL,
          created_us INTEGER NOT NULL,
          expires_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_session_expires ON access_session (expires_us);
      `,
    },
  ],
};
