"""People and their claims → the issuer of an OpenID provider on loopback that knows them, until the judge ends."""

import threading

from oidc_provider_mock import User
from oidc_provider_mock import app as provider_app
from serve import serve
from werkzeug.serving import make_server


def judge(asked):
    """Serves a provider with clients that register, in a thread that ends with the process."""
    people = [User(sub=each["sub"], claims=each["claims"]) for each in asked["people"]]
    app = provider_app(require_client_registration=True, require_nonce=True, user_claims=people)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"issuer": f"http://127.0.0.1:{server.server_port}"}


serve(judge)
