"""Times scikit-learn on the files of TestAgainstSklearn, which runs it:

    WAYMARK_BENCH=1 go test ./internal/learn -run TestAgainstSklearn -v

Prints seconds by task as JSON. Uses all processors: where scikit-learn has no
threads of its own (hashing), texts are dealt to processes.
"""
import json
import os
import sys
import time
import warnings

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor

folder, cols = sys.argv[1], int(sys.argv[2])
jobs = len(os.sched_getaffinity(0))
seconds, notes = {}, {}


def timed(name, f):
    start = time.perf_counter()
    out = f()
    seconds[name] = time.perf_counter() - start
    return out


def words():
    return HashingVectorizer(n_features=2**18, ngram_range=(1, 2), token_pattern=r"(?u)\w+", alternate_sign=False, norm=None)


def characters():
    return HashingVectorizer(n_features=2**18, ngram_range=(3, 5), analyzer="char_wb", alternate_sign=False, norm=None)


def hashed(make, texts):
    parts = np.array_split(np.arange(len(texts)), jobs)
    return sp.vstack(Parallel(n_jobs=jobs)(delayed(make().transform)(texts[p[0]:p[-1] + 1]) for p in parts)).tocsr()


texts = open(os.path.join(folder, "texts")).read().split("\n")[:-1]
y = np.fromfile(os.path.join(folder, "y"), dtype="<f4").astype(int)
Parallel(n_jobs=jobs)(delayed(abs)(i) for i in range(jobs))  # start the processes

x = timed("words", lambda: TfidfTransformer().fit_transform(hashed(words, texts)))
few = texts[:len(texts) // 5]
timed("words and characters of a fifth", lambda: TfidfTransformer().fit_transform(
    sp.hstack([hashed(words, few), hashed(characters, few)]).tocsr()))
for solver in ("lbfgs", "liblinear", "newton-cg"):
    m = LogisticRegression(solver=solver, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        timed("logistic fit, " + solver, lambda: m.fit(x, y))
    z = m.decision_function(x)
    notes[solver] = float(np.sum(np.logaddexp(0, z) - y * z) + m.coef_ @ m.coef_.T / 2)
timed("logistic score", lambda: m.predict_proba(x))

vectors = np.fromfile(os.path.join(folder, "vectors"), dtype="<f4").reshape(-1, cols)
queries = np.fromfile(os.path.join(folder, "queries"), dtype="<f4").reshape(-1, cols)
knn = KNeighborsRegressor(n_neighbors=20, metric="cosine", algorithm="brute", n_jobs=jobs).fit(vectors, y[:len(vectors)])
p = timed("knn", lambda: knn.predict(queries))
p.astype("<f8").tofile(os.path.join(folder, "knn"))
json.dump({"seconds": seconds, "objectives": notes}, sys.stdout)
