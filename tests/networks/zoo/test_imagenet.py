"""The names of ImageNet's classes, against Keras's own list and darknet's order."""

import hashlib
import inspect
import json

from lrp_widgets.networks.zoo import imagenet


def test_every_name_means_one_class():
    names = imagenet.class_names()
    assert len(names) == len(set(names)) == 1000
    assert names[0] == "tench" and names[285] == "Egyptian cat" and names[999] == "toilet tissue"
    assert names[134] == "crane (n02012849)" and names[517] == "crane (n03126707)"
    assert sorted(imagenet.class_names_of_darknet()) == sorted(names)


def test_the_names_are_those_of_keras(networks_folder):
    """The file is the one whose hash stands in Keras's source."""
    from keras.applications.imagenet_utils import decode_predictions

    data = (networks_folder / "imagenet_class_index.json").read_bytes()
    assert hashlib.md5(data).hexdigest() in inspect.getsource(decode_predictions)
    index = json.loads(data)
    for i, ours in enumerate(imagenet.class_names()):
        wordnet_id, theirs = index[str(i)]
        assert ours in (theirs.replace("_", " "), f"{theirs} ({wordnet_id})")


def test_the_order_of_darknet_is_that_of_its_labels(networks_folder):
    index = json.loads((networks_folder / "imagenet_class_index.json").read_text())
    names = dict(zip((each[0] for each in index.values()), imagenet.class_names(), strict=True))
    labels = (networks_folder / "tiny_darknet.labels").read_text().split()[:1000]
    assert imagenet.class_names_of_darknet() == [names[label] for label in labels]
