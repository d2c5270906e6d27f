"""Parses or validates the objects of a bundle with OASIS's Python tools; prints objects and CPU seconds as JSON."""
import json
import logging
import sys
import time

mode, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, encoding="utf-8") as bundle:
    texts = [json.dumps(each) for each in json.load(bundle)["objects"][:count]]
logging.disable(logging.CRITICAL)

if mode == "parse":
    import stix2

    def run(text):
        stix2.parse(text, allow_custom=True)
else:
    from stix2validator import ValidationOptions, validate_parsed_json

    options = ValidationOptions(version="2.1", silent=True)

    def run(text):
        return validate_parsed_json(json.loads(text), options)

    fault = {"type": "tool", "spec_version": "2.1", "id": "tool--1", "name": 1}
    assert not run(json.dumps(fault)).is_valid, "a validator that finds no fault is no peer"


run(texts[0])
refused = 0
started = time.process_time()
for text in texts:
    try:
        run(text)
    except Exception:
        refused += 1
seconds = time.process_time() - started
print(json.dumps({"objects": len(texts), "cpu_s": seconds, "refused": refused}))
