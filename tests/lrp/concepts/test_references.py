"""Reference pictures: which a channel answers most, where, and what is cut out of them."""

import numpy as np
import pytest
from small import flexible, picture, small_vgg

from lrp_widgets import concepts, explain
from lrp_widgets.lrp.concepts.collecting import Collector, collect, fingerprint
from lrp_widgets.lrp.concepts.pictures import Pictures
from lrp_widgets.lrp.concepts.showing import DARKEST, dim
from lrp_widgets.lrp.concepts.table import read_concepts
from lrp_widgets.lrp.concepts.values import KINDS, channel_values, layers_with_channels
from lrp_widgets.lrp.through import followed
from lrp_widgets.media.images import ImageError

COUNT = 23  # more than one step of the collector


class Given(Pictures):
    """Pictures that a test made; those of `broken` cannot be read."""

    def __init__(self, images, broken=()):
        self.images, self.broken = images, broken

    def __len__(self):
        return len(self.images)

    def name(self, number):
        return f"given {number}"

    def image(self, number, network):
        if number in self.broken:
            raise ImageError(f"given {number} is broken.")
        return self.images[number]

    def fingerprint(self):
        return f"given {self.images.sum()}"


@pytest.fixture(scope="module")
def network():
    return small_vgg(seed=3)


@pytest.fixture(scope="module")
def images(network):
    return picture(network, seed=4, count=COUNT)


@pytest.fixture(scope="module")
def found(network, images):
    return concepts.find_concepts(network, Given(images))


def by_loops(network, image, layer, channels):
    """RelMax's and ActMax's value and place of every channel, one conditional pass each."""
    sums, places, most, where = [], [], [], []
    for channel in range(channels):
        e = explain(
            network,
            image,
            rules="epsilon-plus",
            start="logit",
            dtype="float64",
            through={layer: channel},
        )
        relevance = followed(e, layer).reshape(-1, channels)
        total, best = 0.0, None
        for place in range(len(relevance)):
            for other in range(channels):
                if other == channel:
                    total += relevance[place, other]
                else:
                    assert relevance[place, other] == 0
            if best is None or relevance[place, channel] > relevance[best, channel]:
                best = place
        sums.append(total)
        places.append(best)
        activation = e[layer].activation.reshape(-1, channels)[:, channel]
        most.append(activation.max())
        where.append(int(activation.argmax()))
    size = sum(abs(total) for total in sums)
    return [total / size if size else 0.0 for total in sums], places, most, where


@pytest.mark.parametrize("layer", ["conv1", "pool", "fc"])
def test_values_are_those_of_a_plain_loop(network, images, layer):
    for image in images[:2]:
        e = explain(network, image[None], rules="epsilon-plus", start="logit", dtype="float64")
        values = channel_values(e[layer].activation, e[layer].relevance)
        channels = e[layer].shape[-1]
        shares, places, most, where = by_loops(network, image, layer, channels)
        np.testing.assert_allclose(values.scores["relevance"][0], shares, atol=1e-10)
        np.testing.assert_allclose(values.scores["activation"][0], most, rtol=1e-12)
        used = np.abs(shares) > 1e-9
        assert values.places["relevance"][0][used].tolist() == np.array(places)[used].tolist()
        assert values.places["activation"][0].tolist() == where
        plain = e[layer].activation[0].reshape(-1, channels)
        sums = [sum(row[channel] for row in plain) for channel in range(channels)]
        np.testing.assert_allclose(values.scores["summed activation"][0], sums, rtol=1e-10)


def test_the_strongest_pictures_are_kept(network, images, found):
    every = [by_loops(network, image, "conv2", 4) for image in images]
    for channel in range(4):
        for kind, at, place_at in (("relevance", 0, 1), ("activation", 2, 3)):
            values = [loops[at][channel] for loops in every]
            order = sorted(range(COUNT), key=lambda k: -values[k])[:8]
            references = found.references("conv2", channel, kind)
            wanted = [k for k in order if values[k] > 0]
            assert [each.picture for each in references] == wanted
            for each in references:
                assert each.value == pytest.approx(values[each.picture], rel=1e-3, abs=1e-6)
                row, column = each.place
                assert row * 10 + column == every[each.picture][place_at][channel]


def test_each_picture_is_explained_for_its_own_top_class(network, images, found):
    tops = [int(np.argmax(explain(network, image).layers[-1].activation)) for image in images]
    assert found.classes.tolist() == tops


def test_a_layer_that_only_lays_out_anew_has_no_channels_of_its_own(network, found):
    assert "flatten" not in found.shapes
    assert layers_with_channels(network) == list(found.shapes)
    with pytest.raises(ValueError, match="Nothing is known of the channels of 'flatten'"):
        found.references("flatten", 0)
    with pytest.raises(ValueError, match="A channel of conv1"):
        found.references("conv1", 6)


@pytest.mark.parametrize("layer", ["conv1", "conv2", "pool"])
def test_what_lies_beside_the_cut_changes_nothing(network, images, found, layer):
    """Every pixel is changed, one after the other: only those within the cut can matter."""
    channel, random = 1, np.random.default_rng(0)
    shown = concepts.show_channel(found, network, layer, channel, "activation", count=2)
    assert shown
    for each in shown:
        image = images[each.reference.picture]
        top, left, bottom, right = each.box
        np.testing.assert_array_equal(each.crop, image[top:bottom, left:right])
        noise = np.repeat(image[None], 80, 0)
        for pixel in range(80):
            old = noise[pixel, pixel // 10, pixel % 10]
            noise[pixel, pixel // 10, pixel % 10] = (old + random.integers(60, 190, 3)) % 256
        answers = explain(network, noise, dtype="float64")[layer].activation
        before = explain(network, image, dtype="float64")[layer].activation
        index = (*each.reference.place, channel)
        assert before[index] == pytest.approx(each.reference.value, rel=1e-4)
        change = np.abs(answers[(slice(None), *index)] - before[index]).reshape(8, 10)
        inside = np.zeros((8, 10), bool)
        inside[top:bottom, left:right] = True
        assert change[~inside].size == 0 or change[~inside].max() == 0
        assert change[inside].max() > 0


def test_the_map_shown_is_the_conditional_one(network, images, found):
    for each in concepts.show_channel(found, network, "conv2", 2, count=3):
        image = images[each.reference.picture]
        e = explain(network, image, rules="epsilon-plus", start="logit", through={"conv2": 2})
        top, left, bottom, right = each.box
        wanted = e.heatmap()[top:bottom, left:right]
        np.testing.assert_allclose(each.relevance, wanted, atol=1e-5 * np.abs(wanted).max())
        assert each.target == e.target
        np.testing.assert_array_equal(each.dimmed, dim(each.crop, each.relevance))


def test_dimming():
    crop = np.full((5, 5, 3), 200, np.uint8)
    relevance = np.zeros((5, 5))
    assert (dim(crop, relevance) == 200 * DARKEST).all()
    relevance[2, 2] = -1.0
    found = dim(crop, relevance)
    assert (found[1:4, 1:4] == 200).all()  # |R| of a pixel also lights its neighbours
    assert (found[[0, 4]] == 200 * DARKEST).all()


def test_a_picture_that_cannot_be_read_is_told_and_left_out(network, images):
    told, given = [], Given(images, broken=(2, 21))
    collector = Collector(network, given, "epsilon-plus")
    collect(collector, network, given, progress=lambda done, failed: told.append((done, failed)))
    assert [failed for _, failed in told if failed] == [
        [("given 2", "given 2 is broken.")],
        [("given 21", "given 21 is broken.")],
    ]
    assert told[-1][0] == COUNT
    assert (collector.classes == -1).nonzero()[0].tolist() == [2, 21]
    kept = collector.best["conv1", "activation", "pictures"]
    assert not np.isin(kept, (2, 21)).any()


def test_an_end_in_the_middle_costs_only_the_last_step(network, images, tmp_path, monkeypatch):
    monkeypatch.setattr("lrp_widgets.lrp.concepts.collecting.EVERY", 0.0)
    given, kept = Given(images), tmp_path / "kept.npz"

    def stop(done, failed):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(Collector(network, given, "epsilon-plus"), network, given, kept, stop)
    seen = []
    again = Collector(network, given, "epsilon-plus")
    collect(again, network, given, kept, lambda done, _: seen.append(done))
    assert seen == [COUNT]  # the first 20 were there
    whole = Collector(network, given, "epsilon-plus")
    collect(whole, network, given)
    for key, array in whole.best.items():
        np.testing.assert_array_equal(array, again.best[key])
    assert not Collector(network, Given(images[::-1] // 2), "epsilon-plus").resume(kept)
    assert not Collector(network, given, "z-plus").resume(kept)
    kept.write_bytes(b"half a file")
    assert not Collector(network, given, "epsilon-plus").resume(kept)


def test_what_is_written_is_read_back(tmp_path):
    network = flexible()
    given = concepts.PictureFiles(("cat", "coffee"))
    found = concepts.find_concepts(network, given)
    found.save(tmp_path / "some.npz")
    again = read_concepts(tmp_path / "some.npz")
    assert (again.pictures, again.rules, again.shapes) == (given, found.rules, found.shapes)
    for kind in KINDS:
        for channel in range(4):
            wanted = found.references("conv", channel, kind)
            assert again.references("conv", channel, kind) == wanted
    assert again.tells("conv", 0) == again.which("conv", "star", "cross") == []
    (tmp_path / "none.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"none\.npz holds no concepts"):
        read_concepts(tmp_path / "none.npz")


def test_other_weights_are_another_network(network):
    assert fingerprint(network) == fingerprint(small_vgg(seed=3)) != fingerprint(small_vgg(seed=4))


def test_what_was_broken_off_on_the_spot_goes_on():
    network, seen = flexible(seed=5), []

    def stop_after_two(done, of):
        seen.append((done, of))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lrp_widgets.lrp.concepts.collecting.pictures_at_once", lambda network: 1)
        with pytest.raises(KeyboardInterrupt):
            concepts.concepts_of(network, stop_after_two)
        found = concepts.concepts_of(network, stop_after_two)
    assert seen == [(k, 5) for k in range(1, 6)]
    wanted = concepts.find_concepts(network, found.pictures)
    for key, array in wanted.best.items():
        np.testing.assert_array_equal(found.best[key], array)
    assert concepts.concepts_of(network) is found
