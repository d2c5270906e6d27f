"""A MISP event → the STIX misp-stix makes of it; a STIX bundle → the attributes misp-stix reads in it."""

import json

from misp_stix_converter import InternalSTIX2toMISPParser, MISPtoSTIX21Parser
from serve import serve
from stix2.parsing import parse


def judge(asked):
    """Converts what is asked about, in the one direction or the other."""
    if "event" in asked:
        parser = MISPtoSTIX21Parser()
        parser.parse_misp_event({"Event": asked["event"]})
        return {"objects": [json.loads(each.serialize()) for each in parser.stix_objects]}
    parser = InternalSTIX2toMISPParser()
    parser.load_stix_bundle(parse(asked["bundle"], allow_custom=True))
    parser.parse_stix_bundle()
    event = parser.misp_event
    attributes = [*event.attributes, *(each for part in event.objects for each in part.attributes)]
    return {"attributes": [[each.type, str(each.value)] for each in attributes]}


serve(judge)
