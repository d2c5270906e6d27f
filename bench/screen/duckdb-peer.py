"""What an analyst does in DuckDB, on one thread: tokens by a regular expression, or the fields of Zeek records, joined with the list."""
import sys
import time

import duckdb

how, listing, log = sys.argv[1:4]
TOKENS = f"""
    SELECT unnest(regexp_extract_all(lower(line), '[0-9a-z_-][0-9a-z_.:-]*[0-9a-z]')) AS token
    FROM read_csv('{log}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '\x01', quote = '', escape = '')"""
FIELDS = f"""
    SELECT unnest([id_orig_h, id_resp_h, lower(server_name), ja3, cert_sha256]) AS token FROM (
        SELECT "id.orig_h" AS id_orig_h, "id.resp_h" AS id_resp_h, server_name, ja3, cert_sha256
        FROM read_ndjson('{log}', columns = {{'id.orig_h': 'VARCHAR', 'id.resp_h': 'VARCHAR', 'server_name': 'VARCHAR',
                                              'ja3': 'VARCHAR', 'cert_sha256': 'VARCHAR'}}))"""
# A name is looked for with every name above it.
QUERY = """
    WITH tokens AS ({tokens}), parts AS (SELECT string_split(token, '.') AS parts FROM tokens),
    names AS (SELECT unnest(list_transform(range(1, len(parts) + 1), lambda first: array_to_string(parts[first:], '.'))) AS name
              FROM parts)
    SELECT count(*) FROM names JOIN listed ON name = value"""

database = duckdb.connect(":memory:", config={"threads": 1})
started = time.process_time()
database.execute(
    f"CREATE TABLE listed AS SELECT DISTINCT value FROM read_csv('{listing}', columns = {{'value': 'VARCHAR'}}, "
    "header = false, delim = '\x01', quote = '', escape = '')"
)
loaded = time.process_time()
hits = database.execute(QUERY.format(tokens=TOKENS if how == "raw" else FIELDS)).fetchone()[0]
print(loaded - started, time.process_time() - loaded, 0, hits)
