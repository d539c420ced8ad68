"""Numbers of scikit-learn for a tree, clusters and a perceptron.

Made with scikit-learn 1.2.1 (Debian python3-sklearn):

    /usr/bin/python3 sklearn_trees.py > sklearn_trees.json
"""

import json

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeRegressor

r = np.random.RandomState(1)
x = r.normal(size=(80, 4)).astype(np.float32).round(4)
fresh = r.normal(size=(40, 4)).astype(np.float32).round(4)
signal = x[:, 0] * (x[:, 1] > 0) + 0.5 * x[:, 2]
y = np.stack([1 / (1 + np.exp(-signal)), 1 / (1 + np.exp(0.5 - x[:, 3]))]).round(4)
weights = r.choice([0.5, 1, 2], size=80)


def tree():
    t = DecisionTreeRegressor(max_depth=3, min_weight_fraction_leaf=0.05)
    t.fit(x, y.T, sample_weight=weights)
    return {
        "columns": t.tree_.feature.tolist(),
        "thresholds": t.tree_.threshold.tolist(),
        "predictions": t.predict(fresh).T.tolist(),
    }


def clusters():
    start = x[:5]
    k = KMeans(n_clusters=5, init=start, n_init=1, tol=0, max_iter=300, algorithm="lloyd")
    k.fit(x, sample_weight=weights)
    return {
        "inertia": k.inertia_,
        "centres": k.cluster_centers_.tolist(),
        "nearest": k.predict(fresh).tolist(),
    }


def perceptron():
    labels = (y > 0.5).astype(int)
    m = MLPClassifier(hidden_layer_sizes=(3,), activation="relu", alpha=0, max_iter=1, random_state=1)
    m.partial_fit(x, labels.T, classes=[0, 1])
    hidden, out = (c.astype(np.float32).round(4) for c in m.coefs_)
    hidden_bias, bias = (c.astype(np.float32).round(4) for c in m.intercepts_)
    m.coefs_ = [hidden.astype(float), out.astype(float)]
    m.intercepts_ = [hidden_bias.astype(float), bias.astype(float)]
    activations = [x.astype(float), np.empty((80, 3)), np.empty((80, 2))]
    deltas = [np.empty_like(a) for a in activations[1:]]
    loss, coefs, intercepts = m._backprop(
        x.astype(float), labels.T, activations, deltas,
        [np.empty_like(c) for c in m.coefs_], [np.empty_like(c) for c in m.intercepts_],
    )
    flat = lambda a: np.asarray(a, dtype=float).ravel().tolist()
    return {
        "labels": labels.tolist(),
        "parts": [flat(hidden), flat(hidden_bias), flat(out), flat(bias)],
        "loss": loss,
        "derivatives": [flat(coefs[0]), flat(intercepts[0]), flat(coefs[1]), flat(intercepts[1])],
    }


print(json.dumps({
    "version": sklearn.__version__,
    "x": x.ravel().astype(float).round(4).tolist(),
    "fresh": fresh.ravel().astype(float).round(4).tolist(),
    "y": y.tolist(),
    "weights": weights.tolist(),
    "tree": tree(),
    "clusters": clusters(),
    "perceptron": perceptron(),
}))
