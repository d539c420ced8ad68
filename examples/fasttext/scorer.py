#!/usr/bin/env python3
"""Facebook's fastText as a scorer: what a query's words say about whether it needs the
stronger model.

It asks to be trained, is handed the outcomes of the tune split, and fits fastText's
supervised classifier to "the strong model was better". The score is the probability of
that. The strong and the weak model are the ends of the ladder that hello names.
One thread and a fixed seed make it the same each time. The model lives in a temporary folder,
which goes with the process.

Usage: scorer.py [--epoch N] [--dim N] [--grams N] [--program fasttext]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

NEEDED, SPARE = "__label__needed", "__label__spare"


def line_of(query):
    """The words of a query on one line, without anything that fastText takes for a label."""
    text = " ".join(m["content"] for m in query["messages"]).lower()
    return " ".join(re.findall(r"[a-z]+|\d|[^\sa-z\d_]", text)) or "empty"


class FastText:
    def __init__(self, args, folder):
        self.args, self.folder, self.lines = args, folder, []
        self.model = os.path.join(folder, "model")

    def learn(self, outcomes, weak, strong):
        for o in outcomes:
            quality = o["quality"]
            if weak in quality and strong in quality:
                label = NEEDED if quality[strong] > quality[weak] else SPARE
                self.lines.append(f"{label} {line_of(o['query'])}")

    def fit(self):
        if len({line.split()[0] for line in self.lines}) < 2:
            raise ValueError("the tune split has no task, or only tasks, on which the strong model is better")
        path = os.path.join(self.folder, "train.txt")
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join(self.lines) + "\n")
        a = self.args
        self.run("supervised", "-input", path, "-output", self.model, "-thread", "1", "-seed", "1", "-epoch", str(a.epoch), "-dim", str(a.dim),
                 "-lr", "0.5", "-wordNgrams", str(a.grams), "-bucket", "20000", "-minCount", "2", "-verbose", "0")
        self.lines = []

    def score(self, queries):
        out = self.run("predict-prob", self.model + ".bin", "-", "2", said="\n".join(line_of(q) for q in queries) + "\n")
        lines = out.strip("\n").split("\n")
        if len(lines) != len(queries):
            raise ValueError(f"fasttext rated {len(lines)} of {len(queries)} queries")
        scores = []
        for query, line in zip(queries, lines):
            words = line.split()
            by = dict(zip(words[0::2], map(float, words[1::2])))
            scores.append({"id": query["id"], "score": by.get(NEEDED, 0.0), "cost_usd": 0})
        return scores

    def run(self, *command, said=None):
        done = subprocess.run([self.args.program, *command], input=said, capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"{command[0]}: {done.stderr.strip()[-200:]}")
        return done.stdout


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--epoch", type=int, default=10)
    args.add_argument("--dim", type=int, default=16)
    args.add_argument("--grams", type=int, default=2)
    args.add_argument("--program", default="fasttext")
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        classifier, ends = FastText(args, folder), []

        def answer(message):
            kind = message["type"]
            if kind == "hello":
                ladder = message.get("ladder") or message["models"]
                ends[:] = [ladder[0], ladder[-1]]
                return {"ready": {"protocol": 1, "name": "fasttext", "version": "1", "mode": "score", "batch": 512, "train": True}}
            if kind == "outcomes":
                classifier.learn(message["outcomes"], *ends)
                return {"ok": True}
            if kind == "fit":
                classifier.fit()
                return {"ok": True}
            if kind == "score":
                return {"scores": classifier.score(message["queries"])}
            return {"error": f"unknown type {kind}"}

        for line in sys.stdin:
            message = json.loads(line)
            try:
                reply = answer(message)
            except (ValueError, KeyError) as error:
                reply = {"error": str(error)}
            print(json.dumps({"n": message["n"], **reply}), flush=True)


if __name__ == "__main__":
    main()
