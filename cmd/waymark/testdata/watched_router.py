"""Runs another router, and writes down each query that it is asked.

Usage: watched_router.py LOG DIE_AT ROUTER [ARGUMENT...]

It sleeps before each line while there is a file LOG.slow, and kills itself once it was asked DIE_AT queries,
if that is not 0, the first time.
"""

import json
import os
import runpy
import signal
import sys
import time

log, die_at = sys.argv[1], int(sys.argv[2])
stdin = sys.stdin


class Watched:
    def __iter__(self):
        asked = 0
        with open(log, "a") as out:
            for line in stdin:
                message = json.loads(line)
                queries = message.get("queries", [])
                asked += len(queries)
                for q in queries:
                    out.write(q["id"] + "\n")
                out.flush()
                if die_at and asked >= die_at and not os.path.exists(log + ".died"):
                    open(log + ".died", "w").close()
                    os.kill(os.getpid(), signal.SIGKILL)
                if queries and os.path.exists(log + ".slow"):
                    time.sleep(0.02)
                yield line


sys.stdin = Watched()
sys.argv = sys.argv[3:]
runpy.run_path(sys.argv[0], run_name="__main__")
