"""What two models' agreement comes to on recorded evaluations, worked out without Waymark.

    python3 policies/testdata/agreement.py ../shared/data > policies/testdata/agreement.json

Two models vote with equal weight; where they do not give the same answer, or one gives none that can be
counted, the second one's answer is taken (asked once more), else the first one's. "stands" is what the vote alone is
worth: the first one's answer, or the second one's where only that can be counted.
"""
import json
import re
import sys
from fractions import Fraction


def number(text):
    found = re.findall(r"[-−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)", text)
    return Fraction(found[-1].replace("−", "-").replace(",", "")) if found else None


def choice(text):
    """The last letter in the surest of four places, as docs/policies/vote.md has them."""
    places = [
        r"\\boxed\{[\s{(]*(?:\\text\{)?[\s({]*([A-J])[\s)}]*\}",
        r"(?:[Aa]nswer|[Cc]hoice|[Oo]ption|ANSWER)(?:\s+is)?\s*[:=]?\s*\**\(?([A-J])\b",
        r"\(([A-J])\)",
        r"(?m)^\W*([A-J])\W*(?:$|[.):]\s)",
    ]
    for place in places:
        found = re.findall(place, text)
        if found:
            return found[-1]
    return None


def rows(path):
    with open(path) as f:
        return [json.loads(line) for line in f]


def agreement(folder, first, second, read, keep):
    tasks = [t["id"] for t in rows(folder + "/tasks.jsonl") if keep(t)]
    cells = {(r["task"], r["model"]): r for r in rows(folder + "/responses.jsonl")}
    right = stands = cost = alone = 0
    for t in tasks:
        a, b = cells[t, first], cells[t, second]
        va, vb = read(a["output"]), read(b["output"])
        agreed = va is not None and va == vb
        cost += a.get("cost_usd", 0) + b.get("cost_usd", 0)
        if not agreed:
            cost += b.get("cost_usd", 0)
            alone += 1
        stands += (b if va is None and vb is not None else a)["score"]
        right += (a if agreed else b)["score"]
    return {"tasks": len(tasks), "right": right, "stands": stands, "cost_usd": cost, "escalated": alone}


data = sys.argv[1]
print(json.dumps({
    "gsm8k": agreement(data + "/routellm_gsm8k", "mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview", number, lambda t: True),
    "routerarena": agreement(data + "/routerarena_sub10", "claude-3-haiku-20240307", "gemini-2.0-flash-001", choice,
                             lambda t: t["metadata"]["metric"] == "mcq_accuracy"),
}, indent=1))
