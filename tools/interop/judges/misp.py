"""A MISP event → the attributes PyMISP reads in it, those inside objects included."""

import json

from pymisp import MISPEvent
from serve import serve


def judge(document):
    event = MISPEvent()
    event.load(json.dumps(document))
    attributes = [*event.attributes, *(each for part in event.objects for each in part.attributes)]
    return {"attributes": [[each.type, str(each.value)] for each in attributes]}


serve(judge)
