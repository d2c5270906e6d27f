"""The OASIS validator's parser and the OASIS matcher on patterns and objects given as JSON; rates per CPU second."""
import json
import sys
import time

from stix2matcher.matcher import Pattern
from stix2patterns.v21.pattern import Pattern as Parsed

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
patterns = given["patterns"]
bundle = {"type": "bundle", "id": "bundle--1", "objects": given["objects"]}

started = time.process_time()
for pattern in patterns:
    Parsed(pattern)
parse_s = time.process_time() - started

compiled = [Pattern(pattern, "2.1") for pattern in patterns]
matched = 0
started = time.process_time()
for pattern in compiled:
    if pattern.match([bundle]):
        matched += 1
match_s = time.process_time() - started

print(json.dumps({
    "parse_per_cpu_s": round(len(patterns) / parse_s),
    "match_per_cpu_s": round(len(patterns) / match_s),
    "matched": matched,
}))
