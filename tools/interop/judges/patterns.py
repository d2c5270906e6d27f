"""A pattern → what stix2-patterns has against it; nothing means that it is a pattern of STIX 2.1."""

from serve import serve
from stix2patterns.validator import run_validator


def judge(pattern):
    try:
        return {"faults": [str(fault) for fault in run_validator(pattern, stix_version="2.1")][:3]}
    except AttributeError:
        # Its look at digests, which follows when the grammar had nothing to object to, falls over `hashes.MD5[0]` and `[-1]`.
        return {"faults": []}


serve(judge)
