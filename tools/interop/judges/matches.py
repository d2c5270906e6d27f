"""A pattern and a bundle of observed data → whether stix2-matcher finds a match."""

from serve import serve
from stix2matcher.matcher import match

serve(lambda asked: {"matched": bool(match(asked["pattern"], [asked["bundle"]], stix_version="2.1"))})
