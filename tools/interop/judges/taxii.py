"""The URL of a TAXII server, a token and what to do → what taxii2-client, following the standard, gets of it."""

from serve import serve
from taxii2client.v21 import Server, as_pages


def judge(asked):
    """Does one thing with the first collection of the server."""
    server = Server(asked["url"], user="judge", password=asked["token"])
    root = server.default
    collection = root.collections[0]
    call = asked["call"]
    if call == "discovery":
        return [server.title, [each.url for each in server.api_roots]]
    if call == "api root":
        return [root.title, root.versions, root.max_content_length]
    if call == "collection":
        return [collection.title, collection.alias, collection.can_read, collection.can_write, collection.media_types]
    if call == "objects":
        return ids(collection.get_objects(type=["indicator", "malware"]))
    if call == "pages":
        return [id for page in as_pages(collection.get_objects, per_request=asked["perRequest"]) for id in ids(page)]
    if call == "manifest":
        return [id for page in as_pages(collection.get_manifest, per_request=asked["perRequest"]) for id in ids(page)]
    if call == "object":
        return collection.get_object(asked["id"])["objects"]
    if call == "versions":
        return collection.object_versions(asked["id"])["versions"]
    if call == "add":
        status = collection.add_objects({"objects": asked["objects"]}, timeout=5)
        again = root.get_status(status.id)
        return [again.status, again.success_count, again.failure_count]
    collection.delete_object(asked["id"])
    return [each.get("revoked") for each in collection.get_object(asked["id"])["objects"]]


def ids(resource):
    """Ids of the objects of an envelope or a manifest."""
    return [each["id"] for each in resource.get("objects", [])]


serve(judge)
