#!/usr/bin/env python3
"""A router in Python that keeps Waymark's protocol, with the standard library only.

    select   long prompts go to the last model of the pool, short ones to the first
    trial    asks the first model, and the last one where the answer is short
    score    rates a prompt by its length

Usage: router.py [select|trial|score] [--words N] [--batch N]
"""

import argparse
import json
import sys
import time


def words(query):
    return sum(len(m["content"].split()) for m in query["messages"])


def pick(query, models, bar):
    start = time.perf_counter()
    n = words(query)
    model = models[-1] if n >= bar else models[0]
    return {
        "id": query["id"],
        "model": model,
        "signal": n,
        "reason": f"{n} words",
        "cost_usd": 0,
        "latency_ms": (time.perf_counter() - start) * 1000,
    }


def rate(query):
    start = time.perf_counter()
    n = words(query)
    return {"id": query["id"], "score": n, "cost_usd": 0, "latency_ms": (time.perf_counter() - start) * 1000}


def short(answer):
    return answer["text"] is None or len(answer["text"].split()) < 3


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("mode", nargs="?", default="select", choices=["select", "trial", "score"])
    args.add_argument("--words", type=int, default=20)
    args.add_argument("--batch", type=int, default=64)
    args = args.parse_args()
    models, made = [], {}

    def answer(message):
        kind = message["type"]
        if kind == "hello":
            models[:] = message["models"]
            return {"ready": {"protocol": 1, "name": "python-example", "version": "1", "mode": args.mode, "batch": args.batch}}
        if kind == "select":
            return {"picks": [pick(q, models, args.words) for q in message["queries"]]}
        if kind == "score":
            return {"scores": [rate(q) for q in message["queries"]]}
        if kind == "trial":
            made[message["n"]] = 1
            return {"call": [{"model": models[0]}]}
        if kind == "answers":
            n = message["n"]
            if made[n] == 1 and short(message["answers"][0]):
                made[n] = 2
                return {"call": [{"model": models[-1]}]}
            last = made.pop(n) - 1
            return {"decide": {"answer": last, "reason": "asked both" if last else "the first answer is long enough", "cost_usd": 0, "latency_ms": 0}}
        if kind == "drop":
            made.pop(message["n"], None)
            return None
        return {"error": f"unknown type {kind}"}

    for line in sys.stdin:
        message = json.loads(line)
        reply = answer(message)
        if reply is not None:
            print(json.dumps({"n": message["n"], **reply}), flush=True)


if __name__ == "__main__":
    main()
