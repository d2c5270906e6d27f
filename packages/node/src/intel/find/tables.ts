import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

/** The columns queries are built over; statements that never change are written by hand where they are used. */
interface IntelTables {
  intel_object: {
    ref: number;
    key: Uint8Array;
    type: number;
    kind: number;
    state: number;
    tlp: number;
    lead: number;
    added_us: number;
  };
  intel_provenance: { object_ref: number; source_ref: number };
}

/** Builds and compiles only; what it makes is run on a {@link Connection}, which keeps the prepared statement. */
export const queries = new Kysely<IntelTables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});
