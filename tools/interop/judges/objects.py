"""An object → what stix2-validator finds, whether python-stix2 parses it, and the id python-stix2 makes for an observable."""

import re

import stix2
from serve import serve
from stix2validator import ValidationOptions, validate_parsed_json

options = ValidationOptions(version="2.1", strict=False)
check_code = re.compile(r"\{(\d+)\}")


def message(finding):
    return str(getattr(finding, "message", finding))[:500]


def code(warning):
    found = check_code.search(message(warning))
    return found.group(1) if found else message(warning)


def parse(value):
    try:
        return stix2.parse(value, allow_custom=True), None
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"[:500]


def judge(value):
    found = validate_parsed_json(value, options)
    answer = {
        "errors": [message(error) for error in found.errors or []],
        "warnings": [code(warning) for warning in found.warnings or []],
    }
    _, answer["unparsed"] = parse(value)
    if "created" not in value and value["type"] != "bundle":
        named, _ = parse({key: part for key, part in value.items() if key != "id"})
        answer["id"] = None if named is None else named.get("id")
    return answer


serve(judge)
