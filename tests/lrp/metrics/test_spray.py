"""SpRAy: groups that were put there are found, alike on every run; none of it costs an import."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import explain, load_image, load_network, metrics

COUNT = 40


@pytest.fixture(scope="module")
def planted():
    """Noisy maps with a spot in one of two corners, and which corner it is."""
    random = np.random.default_rng(0)
    maps = random.random((COUNT, 16, 16))
    flags = np.arange(COUNT) % 2 == 0
    maps[flags, :4, :4] += 8
    maps[~flags, -4:, -4:] += 8
    return maps, flags


def test_two_kinds_of_map_are_two_clusters(planted):
    maps, flags = planted
    found = metrics.spray(maps, side=8, neighbours=5)
    assert found.clusters == 2
    assert metrics.agreement(found.labels, flags) == 1
    assert found.positions.shape == (COUNT, 2) and np.isfinite(found.positions).all()
    # Two parts that are not joined: two eigenvalues of 0, and a gap behind them.
    assert found.eigenvalues[:2] == pytest.approx([0, 0], abs=1e-9)
    assert found.eigengap == pytest.approx(found.eigenvalues[2], abs=1e-9)
    assert set(found.members(0)) == set(np.flatnonzero(found.labels == 0))
    again = metrics.spray(maps, side=8, neighbours=5)
    assert (again.labels == found.labels).all()
    np.testing.assert_array_equal(again.positions, found.positions)


def test_the_laplacian_is_the_written_out_one(planted):
    maps, _ = planted
    found = metrics.spray(maps[:10], side=4, neighbours=3, embedding="spectral")
    f = found.features
    A = np.zeros((10, 10))
    for i in range(10):
        away = [np.linalg.norm(f[i] - f[j]) if j != i else np.inf for j in range(10)]
        for j in np.argsort(away)[:3]:
            A[i, j] += 0.5
            A[j, i] += 0.5
    D = A.sum(1)
    L = np.array(
        [[(i == j) - A[i, j] / np.sqrt(D[i] * D[j]) for j in range(10)] for i in range(10)]
    )
    np.testing.assert_allclose(np.linalg.eigvalsh(L)[:9], found.eigenvalues, atol=1e-9)


def test_downsized_maps_are_shares_of_positive_relevance():
    one = np.zeros((4, 4))
    one[:2, :2], one[2:, 2:], one[0, 3] = 1, 3, -100
    other = np.zeros((4, 4))
    rows = metrics.spray(np.stack([one, other] * 4), clusters=1, side=2).features
    np.testing.assert_allclose(rows[0] ** 2, [0.25, 0, 0, 0.75])
    assert not rows[1].any()


def test_rows_are_compared_as_they_are(planted):
    maps, flags = planted
    rows = maps.reshape(COUNT, 64, 4).sum(-1)
    found = metrics.spray(rows, neighbours=5)
    np.testing.assert_array_equal(found.features, rows)
    assert found.clusters == 2 and metrics.agreement(found.labels, flags) == 1


def test_maps_all_alike_lie_in_one_place():
    found = metrics.spray(np.ones((9, 16, 16)), clusters=1)
    assert not found.positions.any() and np.isfinite(found.eigenvalues).all()


def test_as_many_clusters_as_asked_for_the_largest_first(planted):
    found = metrics.spray(planted[0], clusters=5, neighbours=5)
    sizes = np.bincount(found.labels)
    assert len(sizes) == found.clusters == 5
    assert (np.diff(sizes) <= 0).all()


def test_agreement_against_a_case_by_hand():
    # 10 pairs; together in a cluster: 1 + 3, of one kind: 3 + 1, both: 1 + 1.
    assert metrics.agreement([0, 0, 1, 1, 1], [0, 0, 1, 1, 0]) == pytest.approx(
        (2 - 4 * 4 / 10) / (4 - 4 * 4 / 10)
    )
    flags = np.arange(120) < 114
    assert metrics.agreement(np.zeros(120), flags) == 0


def test_a_folder_of_pictures(tmp_path):
    network = load_network("mini-vgg")
    names = ("star", "heart")
    for name in names:
        Image.fromarray(load_image(name, network)).save(tmp_path / f"{name}.png")
    (tmp_path / ".hidden").write_bytes(b"")
    maps = metrics.heatmaps(network, tmp_path, "star")
    for shown, name in zip(maps, sorted(names), strict=True):
        e = explain(
            network, load_image(name, network), "epsilon-plus", start="logit", target="star"
        )
        np.testing.assert_allclose(shown, e.pixels.sum(-1), atol=1e-5 * np.abs(shown).max())
    with pytest.raises(ValueError, match="no folder"):
        metrics.heatmaps(network, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"maps": np.zeros((5, 16, 16))}, "8 maps at least, not 5"),
        ({"maps": np.zeros((9, 4, 4))}, "each side 8 or more"),
        ({"maps": np.full((9, 16, 16), np.nan)}, "finite"),
        ({"embedding": "umap"}, 'embedding must be "tsne" or "spectral"'),
        ({"clusters": 0}, "clusters"),
    ],
)
def test_what_cannot_be_grouped_is_told(planted, wrong, words):
    with pytest.raises(ValueError, match=words):
        metrics.spray(**{"maps": planted[0]} | wrong)


def test_scikit_learn_is_imported_by_the_first_call_alone():
    code = (
        "import sys, lrp_widgets\n"
        "from lrp_widgets import metrics, load_network\n"
        "from lrp_widgets.widgets import Dashboard\n"
        "Dashboard('network=mini-vgg&picture=star').wait(60)\n"
        "assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
