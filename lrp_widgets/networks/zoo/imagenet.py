"""The names of ImageNet's 1000 classes, from the file that Keras fetches for them."""

import contextlib
import json
import os
import tempfile
from collections import Counter
from pathlib import Path

from ..._support.downloads import RemoteFile
from ..._support.paths import cache_folder


def keras_models_folder():
    """The folder where Keras keeps the weights of keras.applications, without importing Keras.

    KERAS_HOME/models or ~/.keras/models, and where that cannot be written to, as Keras does, a
    folder among the temporary files.
    """
    home = os.environ.get("KERAS_HOME")
    if home is None:
        user = os.path.expanduser("~")
        home = Path(user if os.access(user, os.W_OK) else "/tmp") / ".keras"
    home = Path(home).expanduser()
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK):
        home = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / ".keras"
    return home / "models"


CLASS_INDEX = RemoteFile(
    what="the names of ImageNet's classes",
    url=("https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"),
    hashes=("md5:c2c37ea517e94d9795004a39431a14cb",),
    names=("imagenet_class_index.json",),
    folders=(keras_models_folder, cache_folder),
    size=35_363,
)


def class_names():
    """Return {WordNet id: name} in Keras's order of the classes; empty until the file is here.

    Names are words ("Egyptian cat"); where two classes share one, the id is added, so that every
    name means one class: "crane (n02012849)" is the bird.
    """
    path = CLASS_INDEX.find_intact()
    if path is None:
        return {}
    index = json.loads(path.read_text(encoding="utf-8"))
    classes = [index[str(i)] for i in range(len(index))]
    count = Counter(name for _, name in classes)
    return {
        wordnet_id: name.replace("_", " ") + (f" ({wordnet_id})" if count[name] > 1 else "")
        for wordnet_id, name in classes
    }
