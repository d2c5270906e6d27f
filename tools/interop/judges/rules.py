"""Folders of Sigma rules, a category and the fields of a Windows event → ids of the rules azuma finds, and of those it cannot read."""

import glob
import os

from azuma import Rule
from serve import serve

loaded = {}


def load(folders):
    """Rules for Windows by category, and the files that hold none for azuma."""
    by_category, unread = {}, []
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.yml"), recursive=True)):
            try:
                rule = Rule.model_validate_file(path)
            except Exception:  # it is not asked, whatever it throws
                unread.append(path)
                continue
            if rule.logsource.product == "windows":
                by_category.setdefault(rule.logsource.category, []).append(rule)
    return by_category, unread


def judge(asked):
    """What azuma says of one event."""
    key = tuple(asked["folders"])
    if key not in loaded:
        loaded[key] = load(key)
    by_category, unread = loaded[key]
    rules = [rule for category in asked["categories"] for rule in by_category.get(category, ())]
    return {"matched": [rule.id for rule in rules if rule.match(asked["fields"])], "unread": unread}


serve(judge)
