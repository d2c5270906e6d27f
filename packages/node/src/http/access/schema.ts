import type { SubjectSchema } from '../../store/index.ts';

/** Who may call: accounts, and tokens, sessions and links by the SHA-256 of their secrets. The secrets themselves are nowhere. */
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
    {
      // Sessions of before belong to no account and end. Rights that were part of others stay with the tokens that had them.
      name: 'accounts',
      sql: `
        CREATE TABLE access_account (
          name TEXT PRIMARY KEY,
          role TEXT NOT NULL,
          disabled INTEGER NOT NULL DEFAULT 0,
          created_us INTEGER NOT NULL,
          created_by TEXT NOT NULL,
          signed_in_us INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE access_link (
          account TEXT PRIMARY KEY REFERENCES access_account (name),
          secret_sha256 BLOB NOT NULL UNIQUE,
          expires_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        DROP TABLE access_session;
        CREATE TABLE access_session (
          secret_sha256 BLOB PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          account TEXT NOT NULL REFERENCES access_account (name),
          way TEXT NOT NULL,
          address TEXT NOT NULL,
          agent TEXT NOT NULL,
          created_us INTEGER NOT NULL,
          used_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_session_account ON access_session (account, created_us);
        ALTER TABLE access_token ADD COLUMN made_by TEXT REFERENCES access_account (name);
        ALTER TABLE access_token ADD COLUMN expires_us INTEGER;
        UPDATE access_token SET scopes = scopes || ' release' WHERE ' ' || scopes || ' ' LIKE '% write %';
        UPDATE access_token SET scopes = scopes || ' govern audit' WHERE ' ' || scopes || ' ' LIKE '% admin %';
        CREATE TABLE access_passkey (
          id TEXT PRIMARY KEY,
          account TEXT NOT NULL REFERENCES access_account (name),
          host TEXT NOT NULL,
          name TEXT NOT NULL,
          public_key BLOB NOT NULL,
          counter INTEGER NOT NULL,
          created_us INTEGER NOT NULL,
          used_us INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_passkey_account ON access_passkey (account);
        CREATE TABLE access_proposal (
          about TEXT PRIMARY KEY,
          by TEXT NOT NULL,
          reason TEXT NOT NULL,
          at_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
      `,
    },
    {
      name: 'identity provider',
      sql: `
        CREATE TABLE access_provider (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          issuer TEXT NOT NULL,
          client_id TEXT NOT NULL,
          sealed_secret BLOB NOT NULL,
          settings TEXT NOT NULL,
          changed_us INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE access_identity (
          issuer TEXT NOT NULL,
          subject TEXT NOT NULL,
          account TEXT NOT NULL UNIQUE REFERENCES access_account (name),
          PRIMARY KEY (issuer, subject)
        ) STRICT, WITHOUT ROWID;
      `,
    },
    {
      name: 'client certificates',
      sql: `
        ALTER TABLE access_token ADD COLUMN needs_certificate INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE access_certificate (
          sha256 TEXT PRIMARY KEY,
          token TEXT NOT NULL REFERENCES access_token (id) ON DELETE CASCADE,
          subject TEXT NOT NULL,
          valid_from_us INTEGER NOT NULL,
          valid_to_us INTEGER NOT NULL,
          bound_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_certificate_token ON access_certificate (token);
      `,
    },
  ],
};
