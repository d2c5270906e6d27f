"""What a script at a CERT does: a regular expression for tokens, a set, and a walk up the parents of each name."""
import re
import sys
import time

started = time.process_time()
with open(sys.argv[1], encoding="utf-8") as listing:
    listed = set(listing.read().split())
token = re.compile(rb"[0-9A-Za-z_.-]+")
loaded = time.process_time()
hits = 0
count = 0
with open(sys.argv[2], "rb") as log:
    for line in log:
        count += len(line)
        for found in token.findall(line):
            text = found.decode("ascii").strip(".-").lower()
            if text in listed:
                hits += 1
                continue
            at = text.find(".")
            while at >= 0:
                if text[at + 1 :] in listed:
                    hits += 1
                    break
                at = text.find(".", at + 1)
print(loaded - started, time.process_time() - loaded, count, hits)
