"""Pictures of every kind arrive as the pixels that a person would see."""

import io
import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lrp_widgets.media.images import (
    PHOTOGRAPHS,
    SAMPLES,
    ImageError,
    is_scene,
    load_image,
    sample_image,
    scene_mask,
)
from lrp_widgets.media.scenes import KINDS

RNG = np.random.default_rng(7)
# Rows, columns and channels all differ, so that no mix-up of axes stays unseen.
RGB = RNG.integers(0, 256, (6, 6, 3), np.uint8)
GRAY = RNG.integers(0, 256, (6, 6), np.uint8)


def saved(image, kind="PNG", **options):
    """The bytes of a Pillow image, or array, saved as a file."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def written_png(values, color_type, transparent=b""):
    """A 16-bit PNG written by hand: Pillow writes neither 16-bit colour nor its transparency."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    height, width = values.shape[:2]
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    header = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tRNS", transparent), (b"IDAT", zlib.compress(lines))]
    body = b"".join(chunk(name, data) for name, data in chunks if data)
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def network(*shape):
    return SimpleNamespace(input_shape=shape)


def same(picture, expected):
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, expected)


def threefold(gray):
    return np.repeat(gray[..., None], 3, axis=2)


# File formats and modes


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True}), ("TIFF", {})]
)
def test_lossless_formats_keep_every_pixel(kind, options):
    same(load_image(saved(RGB, kind, **options)), RGB)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpeg_colours(mode):
    color = (200, 90, 40)
    image = Image.new("RGB", (16, 16), color).convert(mode)
    expected = image.convert("RGB").getpixel((0, 0))
    picture = load_image(saved(image, "JPEG", quality=100))
    assert picture.shape == (16, 16, 3)
    assert np.abs(picture.astype(int) - expected).max() <= 2


def test_cmyk_is_ink_not_light():
    image = Image.new("CMYK", (4, 4), (0, 255, 255, 0))
    same(load_image(saved(image, "TIFF")), np.full((4, 4, 3), (255, 0, 0)))


def test_gray():
    same(load_image(saved(GRAY)), threefold(GRAY))


def test_black_and_white():
    bits = GRAY > 127
    same(load_image(saved(Image.fromarray(bits))), threefold(bits * np.uint8(255)))


def test_palette():
    image = Image.fromarray(np.arange(36, dtype=np.uint8).reshape(6, 6) % 4, "P")
    colors = np.array([[250, 10, 20], [30, 240, 40], [50, 60, 230], [0, 0, 0]], np.uint8)
    image.putpalette(colors.tobytes())
    same(load_image(saved(image)), colors[np.arange(36).reshape(6, 6) % 4])


def test_palette_with_a_transparent_colour_becomes_white_there():
    image = Image.fromarray(np.eye(6, dtype=np.uint8), "P")
    image.putpalette([10, 20, 30, 200, 100, 50])
    expected = np.where(np.eye(6)[..., None] == 1, np.uint8(255), np.array([10, 20, 30], np.uint8))
    same(load_image(saved(image, transparency=1)), expected)


@pytest.mark.parametrize("alpha", [0, 51, 128, 255])
def test_transparency_is_laid_on_white(alpha):
    expected = np.rint(RGB * (alpha / 255) + 255 * (1 - alpha / 255))
    picture = load_image(saved(np.dstack([RGB, np.full((6, 6), alpha, np.uint8)])))
    assert np.abs(picture - expected).max() <= 1

    gray = load_image(saved(np.dstack([GRAY, np.full((6, 6), alpha, np.uint8)])))
    assert np.abs(gray - threefold(GRAY * (alpha / 255) + 255 - alpha)).max() <= 1


def test_a_transparent_gray_or_colour_named_in_the_header():
    gray = GRAY.copy()
    gray[2, 3] = 77
    image = Image.fromarray(gray)
    same(load_image(saved(image, transparency=77))[2, 3], [255, 255, 255])
    image = Image.fromarray(RGB)
    same(load_image(saved(image, transparency=tuple(map(int, RGB[1, 4]))))[1, 4], [255, 255, 255])


def test_sixteen_bits_are_scaled_not_clipped():
    values = np.linspace(0, 65535, 36).reshape(6, 6).astype(np.uint16)
    expected = threefold(np.rint(values / 257).astype(np.uint8))
    same(load_image(saved(values)), expected)
    same(load_image(saved(values, "TIFF")), expected)
    same(load_image(written_png(values, 0)), expected)


def test_sixteen_bit_colour_and_transparent_gray():
    values = RNG.integers(0, 65536, (6, 6, 3), np.uint16)
    picture = load_image(written_png(values, 2))
    assert np.abs(picture - values / 257).max() <= 1
    gray = np.full((6, 6), 1000, np.uint16)
    gray[2, 5] = 40000
    picture = load_image(written_png(gray, 0, transparent=struct.pack(">H", 40000)))
    same(picture[2, 5], [255, 255, 255])
    same(picture[0, 0], [4, 4, 4])


def test_wide_pictures_without_a_known_white_are_refused(tmp_path):
    path = tmp_path / "wide.tif"
    path.write_bytes(saved(np.full((4, 4), 70000, np.int32), "TIFF"))
    with pytest.raises(ImageError, match=r'wide\.tif" holds numbers beyond 16 bits'):
        load_image(path)
    path.write_bytes(saved(np.full((4, 4), 3.5, np.float32), "TIFF"))
    with pytest.raises(ImageError, match=r'wide\.tif" holds values from 3\.5 to 3\.5.* 0 and 1'):
        load_image(path)


def test_animation_shows_its_first_frame():
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    same(load_image(data), np.full((8, 8, 3), (255, 0, 0)))


UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).swapaxes(0, 1),
    8: lambda stored: np.rot90(stored),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_orientation_is_followed(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    same(load_image(saved(RGB, exif=exif)), UPRIGHT[orientation](RGB))
    blocks = np.kron(RGB[:2, :2], np.ones((16, 16, 1), np.uint8))
    picture = load_image(saved(blocks, "JPEG", quality=100, subsampling=0, exif=exif))
    assert np.abs(picture.astype(int) - UPRIGHT[orientation](blocks)).mean() < 3


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_exif_does_not_matter():
    data = saved(RGB, exif=b"Exif\0\0MM\0*nonsense")
    same(load_image(data), RGB)


# Sources


def test_paths_bytes_arrays_and_pillow_images_agree(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(saved(RGB))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes()), RGB):
        same(load_image(source), RGB)
    same(load_image(Image.open(path)), RGB)


def test_a_sample_name_is_the_sample_and_a_path_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat").write_bytes(saved(RGB))
    (tmp_path / "dog").write_bytes(saved(RGB))
    assert load_image("cat").shape == (300, 300, 3)
    same(load_image("./cat"), RGB)
    same(load_image("dog"), RGB)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (GRAY, threefold(GRAY)),
        (GRAY[..., None], threefold(GRAY)),
        (GRAY > 100, threefold((GRAY > 100) * np.uint8(255))),
        (GRAY.astype(np.uint16) * 257, threefold(GRAY)),
        (RGB.astype(np.int64), RGB),
        (RGB / 255, RGB),
        ((RGB / 255).astype(np.float32), RGB),
        (np.dstack([RGB, np.full((6, 6), 255, np.uint8)]), RGB),
        (np.dstack([RGB, np.zeros((6, 6), np.uint8)]), np.full((6, 6, 3), 255)),
        (np.dstack([GRAY, np.zeros((6, 6), np.uint8)]), np.full((6, 6, 3), 255)),
        (RGB[:, ::-1], RGB[:, ::-1]),
    ],
)
def test_arrays(array, expected):
    same(load_image(array), expected)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(5),
        np.zeros((4, 4, 5)),
        np.zeros((0, 4, 3)),
        np.full((4, 4), 1.5),
        np.full((4, 4), -1),
        np.full((4, 4), 300),
        np.full((4, 4), np.nan),
        np.full((4, 4), "x"),
        np.zeros((4, 4), complex),
        None,
    ],
)
def test_arrays_that_are_no_picture(array):
    with pytest.raises(ImageError):
        load_image(array)


def test_the_result_may_be_changed_without_changing_the_source():
    source = RGB.copy()
    load_image(source)[:] = 0
    same(source, RGB)


# Cropping and resizing


def test_a_picture_that_fits_is_untouched():
    same(load_image(RGB, network(6, 6, 3)), RGB)
    same(load_image(RGB, size=6), RGB)


def test_the_centre_is_cropped():
    wide = np.zeros((4, 10, 3), np.uint8)
    wide[:, 3:7] = RGB[:4, :4]
    same(load_image(wide), RGB[:4, :4])
    same(load_image(wide.swapaxes(0, 1), size=4), RGB[:4, :4].swapaxes(0, 1))


def test_crop_and_resize_keep_proportions():
    # A disc on a wide picture stays a disc in the middle, at both kinds of target.
    rows, columns = np.mgrid[:120, :200]
    disc = ((rows - 59.5) ** 2 + (columns - 99.5) ** 2 < 40**2) * np.uint8(255)
    for shape in ((60, 60), (60, 100), (80, 60)):
        found = load_image(disc, size=shape)[..., 0] > 127
        assert found.shape == shape
        height, width = np.ptp(np.where(found), axis=1)
        assert abs(int(height) - int(width)) <= 1
        assert np.allclose(np.mean(np.where(found), axis=1), np.array(shape) / 2 - 0.5, atol=0.6)


def test_shrinking_averages_instead_of_picking():
    checkers = np.indices((448, 448)).sum(axis=0) % 2 * np.uint8(255)
    picture = load_image(checkers, size=56)
    assert np.abs(picture[4:-4, 4:-4].astype(int) - 127.5).max() < 3


def test_a_large_jpeg_decoded_small_looks_the_same():
    photo = Image.fromarray(sample_image("coffee")).resize((2400, 1600))
    small = load_image(saved(photo, "JPEG", quality=95), size=64)
    assert np.abs(small.astype(int) - load_image(np.asarray(photo), size=64)).mean() < 1.5


def test_the_network_gives_size_and_channels():
    assert load_image("cat", network(64, 64, 3)).shape == (64, 64, 3)
    assert load_image("cat", network(None, None, 3)).shape == (224, 224, 3)
    assert load_image("cat", network(48, 96, 3)).shape == (48, 96, 3)
    assert load_image("cat", network(64, 64, 3), size=32).shape == (32, 32, 3)
    gray = load_image(np.full((8, 8, 3), (255, 0, 0), np.uint8), network(8, 8, 1))
    same(gray, np.full((8, 8, 1), 76))


def test_networks_that_take_no_pictures_are_refused():
    with pytest.raises(ImageError, match="5 channels"):
        load_image("cat", network(8, 8, 5))
    with pytest.raises(ImageError, match=r"\(10,\)"):
        load_image("cat", network(10))


@pytest.mark.parametrize("size", [0, -3, 2.5, (1, 2, 3)])
def test_impossible_sizes(size):
    with pytest.raises(ImageError, match="size"):
        load_image("cat", size=size)


# What cannot be read


def one_sentence(error):
    text = str(error.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_missing_paths_and_folders(tmp_path):
    with pytest.raises(ImageError, match=r'no file ".*nothing\.png"') as error:
        load_image(tmp_path / "nothing.png")
    one_sentence(error)
    with pytest.raises(ImageError, match="is a folder") as error:
        load_image(tmp_path)
    one_sentence(error)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "folder/" + "y" * 5000])
def test_impossible_paths(path):
    with pytest.raises(ImageError):
        load_image(path)


def test_unknown_samples_are_listed_with_the_nearest():
    with pytest.raises(ImageError, match='did you mean "astronaut"') as error:
        load_image("astronout")
    assert all(name in one_sentence(error) for name in SAMPLES)


@pytest.mark.parametrize("data", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n"])
def test_what_is_no_picture(data, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes(data)
    with pytest.raises(ImageError, match=r'"[^"]*letter.txt" is'):
        load_image(path)
    with pytest.raises(ImageError) as error:
        load_image(data)
    one_sentence(error)


def test_a_picture_that_is_cut_off_is_named(tmp_path):
    path = tmp_path / "half.jpg"
    data = saved(sample_image("coffee"), "JPEG")
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageError, match=r'half\.jpg" is damaged or cut off') as error:
        load_image(path)
    one_sentence(error)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow remarks on the damage
def test_damaged_files_give_a_picture_or_an_image_error(kind):
    """No damage, wherever it is, may surface as another exception."""
    whole = saved(np.kron(RGB, np.ones((3, 3, 1), np.uint8)), kind)
    refused = 0
    for trial in range(120):
        data = bytearray(whole)
        if trial % 2:
            del data[RNG.integers(len(data)) :]
        else:
            for place in RNG.integers(0, len(data), 4):
                data[place] = RNG.integers(256)
        try:
            picture = load_image(bytes(data), size=16)
        except ImageError:
            refused += 1
        else:
            assert picture.shape == (16, 16, 3)
    assert refused > 20


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_decompression_bombs_are_refused_before_decoding(side, recwarn):
    header = written_png(np.zeros((1, 1), np.uint16), 0)
    bomb = bytearray(header)
    bomb[16:24] = struct.pack(">II", side, side)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))
    with pytest.raises(ImageError, match=r"too large.*120 million") as error:
        load_image(bytes(bomb))
    one_sentence(error)
    assert not recwarn.list


# Samples


def test_samples_are_photographs_then_all_kinds_of_scenes():
    assert (*PHOTOGRAPHS, *KINDS) == SAMPLES
    assert [is_scene(name) for name in SAMPLES] == [False] * len(PHOTOGRAPHS) + [True] * len(KINDS)
    pictures = [load_image(name, size=64) for name in SAMPLES]
    assert all(picture.shape == (64, 64, 3) for picture in pictures)
    assert all(picture.std() > 10 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(SAMPLES)


def test_photographs_are_whole_and_scenes_drawn_at_the_size():
    assert sample_image("cat").shape == (300, 451, 3)
    assert sample_image("star", 96).shape == (96, 96, 3)
    same(load_image("star", size=96), sample_image("star", 96))


@pytest.mark.parametrize("name", KINDS)
def test_the_mask_covers_the_object(name):
    picture, mask = sample_image(name, 64).astype(float), scene_mask(name, 64)
    assert mask.shape == (64, 64)
    assert 0.03 < mask.mean() < 0.35
    # The object is of one colour, unlike all that lies around it.
    color = np.median(picture[mask], axis=0)
    distance = np.abs(picture - color).max(axis=2)
    assert np.mean(distance[mask] < 40) > 0.85
    assert np.mean(distance[~mask] < 40) < 0.1


def test_photographs_have_no_mask():
    with pytest.raises(ImageError, match="no scene"):
        scene_mask("cat")
    with pytest.raises(ImageError, match="samples are"):
        sample_image("tiger")
