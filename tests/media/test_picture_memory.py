"""Files of a few kilobytes that claim a hundred million pixels take no more memory than stated."""

import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import load_image
from lrp_widgets.media import picture_limits
from lrp_widgets.media.images import ImageError

# What load_image may take above the finished picture's own size, in megabytes.
ALLOWED = 300

HUNDRED = (10_000, 10_000)
FORTY = (6400, 6300)
FIFTEEN = (3900, 3700)


def by_pillow(kind, mode, size, frames=1, **options):
    def make():
        Image.MAX_IMAGE_PIXELS = None
        pictures = [Image.new(mode, size, k) for k in range(frames)]
        if frames > 1:
            options.update(save_all=True, append_images=pictures[1:])
        file = io.BytesIO()
        pictures[0].save(file, kind, **options)
        return file.getvalue()

    return make


def png(size, bits, color, *chunks):
    """A PNG of zeros: color 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGBA."""

    def chunk(name, data):
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    def make():
        width, height = size
        row = bytes(1 + width * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color] * bits // 8)
        packer = zlib.compressobj(9)
        data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
        head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
        parts = [(b"IHDR", head), *chunks, (b"IDAT", data), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)

    return make


def bmp():
    """A BMP of 8 bits, run-length encoded: one jump over all rows, a few hundred bytes."""
    width, height = HUNDRED
    body = b"\0\x02\0\xff" * (height // 255) + b"\0\x01"
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(body), 0, 0, 256, 0)
    return struct.pack("<2sIHHI", b"BM", 1078 + len(body), 0, 0, 1078) + head + bytes(1024) + body


PALETTE = (b"PLTE", bytes(range(256)) * 3)
FILES = {
    "png gray": png(HUNDRED, 8, 0),
    "png one bit": png(HUNDRED, 1, 0),
    "png palette": png(HUNDRED, 8, 3, PALETTE),
    "png palette with transparency": png(HUNDRED, 8, 3, PALETTE, (b"tRNS", bytes(9))),
    "png gray with transparency": png(HUNDRED, 8, 0, (b"tRNS", bytes(2))),
    "png gray with alpha": png(FORTY, 8, 4),
    "png 16 bits": png(HUNDRED, 16, 0),
    "png rgb": png(HUNDRED, 8, 2),
    "png rgb, forty million": png(FORTY, 8, 2),
    "png rgb 16 bits": png(FORTY, 16, 2),
    "png rgba": png(HUNDRED, 8, 6),
    "png rgba, forty million": png(FORTY, 8, 6),
    "png rgba, tall": png((300, 300_000), 8, 6),
    "png, moving": by_pillow("PNG", "RGBA", FORTY, 2, disposal=2),
    "jpeg": by_pillow("JPEG", "RGB", HUNDRED),
    "jpeg gray": by_pillow("JPEG", "L", HUNDRED),
    "jpeg cmyk": by_pillow("JPEG", "CMYK", HUNDRED),
    "jpeg progressive": by_pillow("JPEG", "RGB", HUNDRED, progressive=True),
    "jpeg progressive, forty million": by_pillow("JPEG", "RGB", FORTY, progressive=True),
    "jpeg progressive cmyk": by_pillow("JPEG", "CMYK", FORTY, progressive=True),
    "jpeg tall": by_pillow("JPEG", "RGB", (1500, 65_000)),
    "gif": by_pillow("GIF", "P", HUNDRED),
    "gif, moving": by_pillow("GIF", "P", FORTY, 2, disposal=3),
    "webp": by_pillow("WEBP", "RGB", HUNDRED),
    "webp, fifteen million": by_pillow("WEBP", "RGB", FIFTEEN),
    "webp lossless": by_pillow("WEBP", "RGBA", FIFTEEN, lossless=True),
    "webp, moving": by_pillow("WEBP", "RGBA", FIFTEEN, 2),
    "bmp": bmp,
    "tiff one bit": by_pillow("TIFF", "1", HUNDRED, compression="group4"),
    **{
        f"tiff {mode}, {words}": by_pillow(
            "TIFF", mode, FORTY, compression="tiff_deflate", tiffinfo=info
        )
        for mode in ("L", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr")
        for words, info in (("strips", {}), ("one strip", {278: FORTY[1]}))
    },
}

# Loads each file that it is told of in a process of its own, and prints what that took.
MEASURE = """
import os, sys
from pathlib import Path
from PIL import Image
from lrp_widgets import load_image

def peak():
    [line] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024

load_image("star", size=64)
Image.init()
for line in sys.stdin:
    path, size = line.rstrip().rsplit(" ", 1)
    if os.fork():
        os.wait()
        continue
    open("/proc/self/clear_refs", "w").write("5")  # the peak counts from here on
    before, made, answer = peak(), 0, "accepted"
    try:
        made = load_image(Path(path), size=None if size == "None" else int(size)).nbytes
    except ValueError as error:
        answer = str(error)
    print((peak() - before - made) / 1e6, answer, flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    for name, make in FILES.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="only Linux tells it so")
@pytest.mark.parametrize(
    "size", [224, *(pytest.param(n, marks=pytest.mark.slow) for n in (2000, 3900)), None]
)
def test_no_file_takes_more_than_stated(files, size):
    names = sorted(path for path in files.iterdir())
    asked = "".join(f"{path} {size}\n" for path in names)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE], input=asked, capture_output=True, text=True, check=True
    )
    answers = [line.split(" ", 1) for line in run.stdout.splitlines()]
    assert len(answers) == len(names), run.stderr
    for path, (megabytes, answer) in zip(names, answers, strict=True):
        assert float(megabytes) <= ALLOWED, path.name
        if answer != "accepted":  # before any memory was used
            assert float(megabytes) < 30, (path.name, answer)
            assert "is too large: " in answer and answer.endswith(".")


@pytest.mark.parametrize(
    "name",
    (
        *("png gray", "png palette with transparency", "png 16 bits", "png rgb, forty million"),
        *("png rgba, forty million", "jpeg", "jpeg gray", "jpeg cmyk", "tiff RGB, strips"),
        *("tiff CMYK, strips", "webp, fifteen million", "png, moving", "gif, moving"),
    ),
)
def test_large_pictures_are_read_where_that_is_cheap(files, name):
    assert load_image(files / name, size=224).shape == (224, 224, 3)


def test_a_large_picture_that_is_made_smaller_at_once_looks_the_same():
    rows, columns = np.mgrid[0:3200, 0:3600]
    smooth = np.stack([rows / 3200, columns / 3600, (rows + columns) / 6800], -1)
    whole = np.rint(255 * smooth).astype(np.uint8)
    for mode in ("RGB", "RGBA", "L", "CMYK", "P"):
        image = Image.fromarray(whole).convert(mode)
        middle = image.convert("RGB").crop((200, 0, 3400, 3200))
        expected = middle.resize((224, 224), Image.Resampling.LANCZOS)
        found = load_image(image, size=224)
        assert np.abs(found.astype(int) - np.asarray(expected)).max() <= (2 if mode != "P" else 8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_large_picture_is_turned_as_it_lies(orientation):
    from PIL import ImageOps

    image = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16).repeat(200, 0))
    image = image.resize((3001, 3200)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif, compress_level=1)
    expected = load_image(ImageOps.exif_transpose(Image.open(file)), size=(120, 100))
    found = load_image(file.getvalue(), size=(120, 100))
    assert np.abs(found.astype(int) - expected).max() <= 4


# What a host sets


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("LRP_WIDGETS_MAX_PIXELS", "1e4", "200 × 100 pixels are more than the 0.01 million"),
        ("LRP_WIDGETS_MAX_BYTES", "100", "has more than the 0.0001 million bytes that are read"),
    ],
)
def test_a_host_sets_the_limits(monkeypatch, tmp_path, setting, value, words):
    path = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 256, (100, 200, 3), np.uint8)
    Image.fromarray(noise).save(path)
    assert load_image(path, size=8).shape == (8, 8, 3)
    monkeypatch.setenv(setting, value)
    for source in (path, path.read_bytes()):
        with pytest.raises(ImageError, match=words):
            load_image(source, size=8)


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan", "inf", "1e999"])
def test_a_limit_that_is_no_number_is_named(monkeypatch, text):
    monkeypatch.setenv("LRP_WIDGETS_MAX_PIXELS", text)
    with pytest.raises(ValueError, match=r"^LRP_WIDGETS_MAX_PIXELS must be a number of at least 1"):
        load_image(png((4, 4), 8, 2)())
    monkeypatch.setenv("LRP_WIDGETS_MAX_PIXELS", " ")
    assert picture_limits.most_pixels() == 120_000_000


def test_an_upload_that_the_browser_should_not_have_sent_is_refused_here(monkeypatch):
    from lrp_widgets.widgets.settings.picker import PicturePicker

    monkeypatch.setenv("LRP_WIDGETS_MAX_BYTES", "1000")
    picker = PicturePicker()
    assert picker.largest == 1000
    sent = png((64, 64), 8, 2)() + bytes(10_000)
    picker.set_state({"upload": memoryview(sent), "selected": "", "uploads": 1})
    assert len(picker.picture) == 1001  # no more is kept than says so
    with pytest.raises(ImageError, match=r"more than the 0\.001 million bytes"):
        load_image(picker.picture)
    picker.set_state({"upload": memoryview(sent[:900]), "uploads": 2})
    assert load_image(picker.picture, size=8).shape == (8, 8, 3)
