"""Spectral relevance analysis: do a network's heatmaps of one class fall into groups?

A network that has several ways to know a class, one of them perhaps by an artefact, shows it in
maps of several kinds. Source: Lapuschkin et al. 2019, "Unmasking Clever Hans predictors and
assessing what machines really learn", Nature Communications 10, 1096. scikit-learn, which does the
clustering and the embedding, is imported by the first call.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..._support import checks
from ...media.images import load_image
from ...networks.inputs import check_network
from ..attribution import method as method_of

# The eigengap looks among the first so many eigenvalues, so it never finds more groups.
MOST_CLUSTERS = 8
# Fewer maps than this have no groups worth the name.
FEWEST_MAPS = 8
EMBEDDINGS = ("tsne", "spectral")
BATCH = 40  # pictures explained together


@dataclass(frozen=True, eq=False)
class Spray:
    """What `spray` found.

    `labels` (N,): the cluster of each map, the largest being 0. `positions` (N, 2): where each lies
    in the plane. `eigenvalues`: the smallest of the graph's Laplacian, ascending; nearly 0 as often
    as there are separate groups. `gaps`: between each and the next; `eigengap`: the largest of
    them. `features` (N, side²): what was clustered.
    """

    labels: np.ndarray
    positions: np.ndarray
    eigenvalues: np.ndarray
    features: np.ndarray

    @property
    def gaps(self) -> np.ndarray:
        """The differences of neighbouring eigenvalues: gaps[k − 1] speaks for k clusters."""
        return np.diff(self.eigenvalues)

    @property
    def eigengap(self) -> float:
        """The largest gap that speaks for more than one cluster."""
        return float(self.gaps[1:].max())

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max()) + 1

    def members(self, cluster: int) -> np.ndarray:
        """The numbers of a cluster's maps, those nearest to its mean first."""
        chosen = np.flatnonzero(self.labels == cluster)
        mean = self.features[chosen].mean(0)
        return chosen[np.argsort(np.linalg.norm(self.features[chosen] - mean, axis=1))]


def heatmaps(network, images, target=None, method="epsilon-plus") -> np.ndarray:
    """Return the maps of one class on many pictures, float32 (N, H, W), channels summed.

    `images`: uint8 (N, H, W, 3), the network's input as float, or a folder, whose files count that
    are not hidden, by name. `target`: the class, index or name; None for each picture's first
    choice. `method`: what `attribution.method` takes; under z⁺ the maps of all classes are alike,
    and say less about one. Raises ValueError in one sentence for what does not fit.
    """
    check_network(network)
    of = method_of(method)
    if isinstance(images, str | Path):
        folder = checks.path("images", images)
        if not folder.is_dir():
            raise ValueError(f"There is no folder {checks.quoted(folder)[1:-1]}.")
        files = sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith("."))
        images = [load_image(file, network) for file in files]
    images = np.asarray(images)
    if images.ndim != 4 or not len(images):
        raise ValueError(f"To compare heatmaps takes pictures (N, H, W, C); got {images.shape}.")
    parts = [of(network, images[k : k + BATCH], target) for k in range(0, len(images), BATCH)]
    return np.concatenate(parts).sum(-1, dtype=np.float32)


def downsized(maps, side=8) -> np.ndarray:
    """Return what of the maps is compared: float64 (N, side²), each row of length 1.

    With p_ic the share of map i's positive relevance in cell c of a grid of side × side, it is
    √p_ic: the product of two rows then compares two distributions (Bhattacharyya), and the few
    largest values do not decide alone. A map with nothing above zero is a row of 0.

    maps: (N, H, W), at least `side` pixels a side. Raises ValueError otherwise.
    """
    maps = np.maximum(checks.finite_array("Maps", maps), 0)
    if maps.ndim != 3 or min(maps.shape[1:]) < side:
        raise ValueError(f"Maps are (N, H, W), each side {side} or more; got {maps.shape}.")
    for axis in (1, 2):
        edges = np.linspace(0, maps.shape[axis], side, endpoint=False).astype(int)
        maps = np.add.reduceat(maps, edges, axis=axis)
    cells = maps.reshape(len(maps), -1)
    totals = cells.sum(1, keepdims=True)
    return np.sqrt(cells / np.where(totals, totals, 1))


def spray(maps, clusters=None, side=8, neighbours=10, embedding="tsne", seed=0) -> Spray:
    """Cluster heatmaps, and lay them out in the plane.

    The maps are downsized to side × side and normalised (`downsized`); each is joined to its
    nearest `neighbours`, A = ½ (K + Kᵀ) with K_ij = 1 for these; with D_ii = Σ_j A_ij the
    eigenvalues of L = I − D^(−½) A D^(−½) say how many groups there are (the largest gap between
    two neighbours), and k-means of its eigenvectors says which (Ng, Jordan and Weiss 2001).

    `maps`: (N, H, W), N ≥ 8, those of one class; or rows (N, C) of what is compared as it is, such
    as the shares of channels (`concepts.channel_values`), which do not depend on where in the
    picture the object lies. `clusters`: how many, None for the eigengap's choice
    among 2 to 8. `neighbours`: at most N − 1. A group of fewer maps than that is not found, for
    each of them is joined to others.
    `embedding`: "tsne" or "spectral" (the Laplacian's second and third eigenvector).
    The same seed gives the same answer. Raises ValueError in one sentence. Source: Lapuschkin et
    al. 2019, who also use relevance of both signs.
    """
    from sklearn.cluster import KMeans
    from sklearn.neighbors import kneighbors_graph

    side = checks.whole_number("side", side, 2, 64)
    maps = checks.finite_array("Maps", maps)
    features = maps if maps.ndim == 2 else downsized(maps, side)
    count = len(features)
    if count < FEWEST_MAPS:
        raise ValueError(f"To find groups takes {FEWEST_MAPS} maps at least, not {count}.")
    embedding, seed = checks.choice("embedding", embedding, EMBEDDINGS), checks.seed(seed)
    neighbours = checks.whole_number("neighbours", neighbours, 1)
    graph = kneighbors_graph(features, min(neighbours, count - 1)).toarray()
    values, vectors = _spectrum((graph + graph.T) / 2)
    if clusters is None:
        clusters = int(np.argmax(np.diff(values[: MOST_CLUSTERS + 1])[1:])) + 2
    clusters = checks.whole_number("clusters", clusters, 1, count)
    rows = vectors[:, :clusters]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    means = KMeans(clusters, n_init=10, random_state=seed)  # pyright: ignore[reportArgumentType]
    found = means.fit_predict(rows)
    positions = vectors[:, 1:3] if embedding == "spectral" else _tsne(features, seed)
    return Spray(_by_size(found), positions, values[: MOST_CLUSTERS + 1], features)


def agreement(labels, flags) -> float:
    """Return the adjusted Rand index of clusters and known groups: 1 if alike, about 0 by chance.

    (pairs that both keep together − those expected by chance) / (the most possible − those
    expected). Source: Hubert and Arabie 1985. Purity, for one, is 0.95 for no clusters at all where
    95 % of the pictures are of one group.
    """
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(np.asarray(flags), np.asarray(labels)))


def _spectrum(graph):
    """Eigenvalues and eigenvectors of a graph's normalised Laplacian, ascending; signs fixed."""
    degree = graph.sum(1)
    scale = 1 / np.sqrt(np.maximum(degree, 1e-12))
    values, vectors = np.linalg.eigh(np.eye(len(graph)) - scale[:, None] * graph * scale)
    strongest = np.take_along_axis(vectors, np.abs(vectors).argmax(0)[None], 0)
    return np.maximum(values, 0), vectors * np.sign(strongest)


def _tsne(features, seed):
    from sklearn.manifold import TSNE

    if not np.ptp(features, axis=0).any():  # all alike: there is no plane to lay them out in
        return np.zeros((len(features), 2), np.float32)
    perplexity = min(30, (len(features) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(features)


def _by_size(labels):
    """The same clusters, numbered by their size, the largest first."""
    order = np.argsort(-np.bincount(labels), kind="stable")
    return np.argsort(order, kind="stable")[labels]
