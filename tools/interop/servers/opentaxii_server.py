"""Runs OpenTAXII with one account and one collection that can be read and written: DIR PORT."""

import json
import sys
from pathlib import Path

from opentaxii.config import ServerConfig
from opentaxii.middleware import create_app
from opentaxii.server import TAXIIServer

folder, port = Path(sys.argv[1]), int(sys.argv[2])
config = folder / "opentaxii.yml"
config.write_text(
    f"""
domain: "127.0.0.1:{port}"
support_basic_auth: yes
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters:
    db_connection: sqlite:///{folder}/auth.db
    create_tables: yes
    secret: not-a-secret
taxii1:
taxii2:
  title: Judge
  public_discovery: false
  max_content_length: 6000
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters:
      db_connection: sqlite:///{folder}/data.db
      create_tables: yes
logging:
  opentaxii: error
  root: error
"""
)
# Ids are UUIDs to it, which json does not write with the SQLAlchemy it runs on.
json.JSONEncoder.default = lambda self, value: str(value)
server = TAXIIServer(ServerConfig(extra_configs=[str(config)]))
app = create_app(server)
with app.app_context():
    server.auth.api.create_account(username="judge", password="pass", is_admin=True)
    api = server.servers.taxii2.persistence.api
    root = api.add_api_root(title="root", default=True)
    api.add_collection(api_root_id=root.id, title="Judged", alias="judged")
app.run(host="127.0.0.1", port=port)
