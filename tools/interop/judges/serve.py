"""Answers NDJSON: one JSON question a line on standard input, one JSON answer a line on standard output, in order."""

import json
import logging
import sys


def serve(judge):
    """Calls `judge` with each question. What it throws is an answer too: the caller decides what that means."""
    logging.disable(logging.CRITICAL)
    # Some judges print; nothing but answers may reach standard output.
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        try:
            answer = judge(json.loads(line))
        except Exception as error:  # the judges throw anything, RecursionError included
            answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
