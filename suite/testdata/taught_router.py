"""A scorer that asks to be trained and writes down what it sees.

Usage: taught_router.py LOG [scorer|policy]

Each process writes lines "PID taught ID" and "PID asked ID", and "PID fit" in between.
Its score is the length of the prompt.
"""

import json
import os
import sys

log, purpose = open(sys.argv[1], "a"), sys.argv[2]


def note(*words):
    log.write(" ".join([str(os.getpid()), *words]) + "\n")
    log.flush()


for line in sys.stdin:
    m = json.loads(line)
    text = json.dumps(m)
    if m["type"] in ("score", "select"):
        for word in ("reference", "quality", "grade"):
            assert f'"{word}"' not in text, f"a question tells {word}"
    if m["type"] == "hello":
        ladder = m.get("ladder")
        models = m["models"]
        mode = "score" if purpose == "scorer" else "select"
        reply = {"ready": {"protocol": 1, "name": "taught", "mode": mode, "batch": 16, "train": True}}
    elif m["type"] == "outcomes":
        for o in m["outcomes"]:
            assert set(o["quality"]) == set(models) and all(0 <= x <= 1 for x in o["quality"].values())
            note("taught", o["query"]["id"])
        reply = {"ok": True}
    elif m["type"] == "fit":
        note("fit", ",".join(ladder or []))
        reply = {"ok": True}
    else:
        for q in m["queries"]:
            note("asked", q["id"])
        rows = [{"id": q["id"], "cost_usd": 0, "latency_ms": 0, "score": len(q["messages"][0]["content"]), "model": models[0]} for q in m["queries"]]
        reply = {"scores" if m["type"] == "score" else "picks": rows}
    print(json.dumps({"n": m["n"], **reply}), flush=True)
