"""azuma on Sigma rules and records given as JSON: records a CPU second, each asked of the rules of its category."""
import json
import sys
import time

from azuma import Rule

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)

started = time.process_time()
by_category = {}
loaded = 0
refused = 0
for text in given["rules"]:
    try:
        rule = Rule.model_validate_yaml(text)
    except Exception:  # Whatever it is, the rule is not used.
        refused += 1
        continue
    loaded += 1
    source = rule.logsource
    if source.product == "windows":
        by_category.setdefault(source.category, []).append(rule)
load_s = time.process_time() - started

matches = 0
started = time.process_time()
for record in given["records"]:
    for category in record["category"].split(","):
        for rule in by_category.get(category, ()):
            if rule.match(record["fields"]):
                matches += 1
judge_s = time.process_time() - started

print(json.dumps({
    "records_per_cpu_s": round(len(given["records"]) / judge_s),
    "matches": matches,
    "rules": loaded,
    "refused": refused,
    "load_s": round(load_s, 1),
}))
