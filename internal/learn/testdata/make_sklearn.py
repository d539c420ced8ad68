"""What scikit-learn makes of small inputs, for sklearn_test.go to compare with.

    /usr/bin/python3 internal/learn/testdata/make_sklearn.py > internal/learn/testdata/sklearn.json

Inputs are of numpy's RandomState, whose streams are frozen. Outputs are rounded
to 12 digits, so that the file does not depend on the last bits of BLAS.
"""
import json
import sys

import numpy as np
import scipy.sparse as sp
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor


def plain(x):
    return [float("%.12g" % v) for v in np.ravel(x)]


def rows(x):
    return [plain(r) for r in np.asarray(x)]


def inputs(x, digits=3):
    """Short decimals that a float32 table holds: what is fitted is what is written."""
    return np.asarray(np.round(x, digits), dtype=np.float32).astype(np.float64)


def counts(r, n, cols):
    return r.poisson(0.4, size=(n, cols))


def tfidf():
    r = np.random.RandomState(1)
    x = counts(r, 12, 9)
    x[3] = 0
    x[:, 4] = 0
    new = counts(r, 5, 9)
    out = []
    for sublinear in (False, True):
        t = TfidfTransformer(sublinear_tf=sublinear).fit(sp.csr_matrix(x))
        out.append({"sublinear": sublinear, "idf": plain(t.idf_), "rows": rows(t.transform(sp.csr_matrix(new)).toarray())})
    return {"fitted": x.tolist(), "new": new.tolist(), "cases": out}


def characters():
    texts = ["Ab cd", "a", "é xyz9  it's", "long-word!\n"]
    a = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()
    w = CountVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\w+").build_analyzer()
    return [{"text": t, "characters": sorted(a(t)), "words": sorted(w(t))} for t in texts]


def logistic():
    out = []
    for seed, C, weighted, sparse in [(2, 1, False, False), (3, 0.01, True, False), (4, 100, True, False), (5, 1, True, True), (6, 30, False, True)]:
        r = np.random.RandomState(seed)
        x = r.randn(60, 5)
        if sparse:
            x = x * (r.rand(60, 5) < 0.3)
        x = inputs(x)
        y = (r.rand(60) < 1 / (1 + np.exp(-1 - x @ np.array([1, -2, 0.5, 0, 1])))).astype(int)
        w = inputs(r.rand(60) * 3) if weighted else None
        m = LogisticRegression(C=C, solver="newton-cg", tol=1e-7, max_iter=1000)
        m.fit(sp.csr_matrix(x) if sparse else x, y, sample_weight=w)
        out.append({"C": C, "sparse": sparse, "x": rows(x), "y": plain(y), "weights": None if w is None else plain(w),
                    "coefficients": plain(m.coef_), "intercept": plain(m.intercept_)[0], "probabilities": plain(m.predict_proba(x)[:, 1])})
    return out


def neighbours():
    r = np.random.RandomState(8)
    x, new = inputs(r.randn(50, 7)), inputs(r.randn(11, 7))
    y = inputs(r.rand(50, 2))
    out = []
    for k in (1, 5, 20):
        for similarity in (False, True):
            weights = (lambda d: np.maximum(1 - d, 0)) if similarity else "uniform"
            m = KNeighborsRegressor(n_neighbors=k, metric="cosine", algorithm="brute", weights=weights).fit(x, y)
            out.append({"k": k, "similarity": similarity, "predictions": rows(m.predict(new))})
    return {"x": rows(x), "y": rows(y), "new": rows(new), "cases": out}


def isotonic():
    out = []
    for seed, digits, weighted in [(9, 6, False), (10, 1, False), (11, 1, True), (12, 0, True)]:
        r = np.random.RandomState(seed)
        x = np.round(r.randn(40), digits)
        y = (r.rand(40) < 1 / (1 + np.exp(-x))).astype(float)
        w = np.round(r.rand(40) * 4, 1) if weighted else None
        at = np.round(np.concatenate([np.linspace(-4, 4, 41), x[:5]]), 6)
        m = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=w)
        out.append({"x": plain(x), "y": plain(y), "weights": None if w is None else plain(w), "at": plain(at), "values": plain(m.predict(at))})
    return out


def platt():
    out = []
    for seed, scale, weighted in [(13, 1, False), (14, 5, True), (15, 0.2, False)]:
        r = np.random.RandomState(seed)
        x = np.round(r.randn(50) * scale, 4)
        y = (r.rand(50) < 1 / (1 + np.exp(-1.5 * x / scale))).astype(float)
        w = np.round(r.rand(50) * 2, 2) if weighted else None
        a, b = _sigmoid_calibration(x, y, w)
        # _sigmoid_calibration stops at a gradient of 1e-5: six digits are its own.
        out.append({"x": plain(x), "y": plain(y), "weights": None if w is None else plain(w), "a": round(a, 5), "b": round(b, 5)})
    return out


def svd():
    r = np.random.RandomState(16)
    x = inputs(r.randn(40, 6) @ r.randn(6, 25) + 0.05 * r.randn(40, 25)) * (r.rand(40, 25) < 0.5)
    m = TruncatedSVD(n_components=8, algorithm="arpack", random_state=0).fit(sp.csr_matrix(x))
    return {"x": rows(x), "singular": plain(m.singular_values_)}


json.dump({
    "made": "/usr/bin/python3 internal/learn/testdata/make_sklearn.py, scikit-learn %s" % sklearn.__version__,
    "tfidf": tfidf(), "grams": characters(), "logistic": logistic(), "neighbours": neighbours(),
    "isotonic": isotonic(), "platt": platt(), "svd": svd(),
}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
