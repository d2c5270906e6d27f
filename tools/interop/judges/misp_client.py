"""The URL of a MISP, a key and what to do → what PyMISP, by its own calls or as a reader of feeds, gets of it."""

import tempfile
import time

import requests
from pymisp import MISPEvent, PyMISP
from serve import serve


def judge(asked):
    """Does one thing with the MISP."""
    url, key, call = asked["url"], asked["key"], asked["call"]
    if call.startswith("feed"):
        return feed(url, {"Authorization": key}, call)
    misp = PyMISP(url, key, ssl=False)
    if call == "version":
        return misp.misp_instance_version["perm_sync"]
    if call == "index":
        return sorted(event.info for event in misp.events(pythonify=True))
    if call == "get":
        return attributes(misp.get_event(asked["uuid"], pythonify=True))
    if call == "exists":
        return [misp.event_exists(asked["uuid"]), misp.event_exists("00000000-0000-4000-8000-0000000000ff")]
    if call == "search":
        return sorted(event.info for event in misp.search(pythonify=True, **asked["filter"]))
    if call == "not there":
        return misp.get_event("00000000-0000-4000-8000-0000000000ff")["errors"][0]
    if call == "deleted":
        return attributes(misp.get_event(asked["uuid"], deleted=[0, 1], pythonify=True))
    event = MISPEvent()
    event.from_dict(info=asked["info"], uuid=asked["uuid"], date="2026-01-01", published=True)
    event.timestamp = int(time.time()) + (60 if call == "update" else 0)
    event.add_tag("tlp:green")
    event.add_attribute("domain", asked["value"], to_ids=True)
    event.add_attribute("ip-dst|port", "192.0.2.1|443", to_ids=False)
    answer = misp.update_event(event) if call == "update" else misp.add_event(event)
    return answer["Event"]["uuid"]


def feed(url, headers, call):
    """Every event of the feed, loaded from a file; for `feed hashes` whether `hashes.csv` is what PyMISP would write."""
    manifest = requests.get(url + "manifest.json", headers=headers, timeout=30).json()
    lines = set(requests.get(url + "hashes.csv", headers=headers, timeout=30).text.split())
    events = []
    for uuid, entry in manifest.items():
        text = requests.get(f"{url}{uuid}.json", headers=headers, timeout=30).text
        event = MISPEvent()
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(text)
            file.flush()
            event.load_file(file.name)
        assert (event.uuid, event.info) == (uuid, entry["info"])
        events.append(event)
    if call == "feed hashes":
        hashes = [f"{each},{event.uuid}" for event in events for each in event.attributes_hashes("md5")]
        return [sorted(set(hashes)) == sorted(lines), len(lines) > 0]
    return sorted(pair for event in events for pair in attributes(event))


def attributes(event):
    """Type and value of each attribute, those of objects included."""
    return sorted([each.type, str(each.value)] for each in [*event.attributes, *(a for o in event.objects for a in o.attributes)])


serve(judge)
