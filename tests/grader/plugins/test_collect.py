"""Archives of a learning platform, with what students may have put into theirs."""

import io
import zipfile

import pytest

from grader.plugins.collect import MOST_ARCHIVE, Archives, _match
from grader.submission.folder import MOST_NOTEBOOK


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def damaged():
    data = bytearray(packed({"ridge.ipynb": b"x" * 1000}))
    data[45] ^= 255
    return bytes(data)


def encrypted():
    data = bytearray(packed({"ridge.ipynb": b"{}"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


STUDENTS = {
    "whole": packed({"ridge.ipynb": b"{}"}),
    "folder": packed({"work/ridge.ipynb": b"{}", "work/img/a.png": b"x"}),
    "empty": b"",
    "garbage": b"PK" * 100,
    "damaged": damaged(),
    "encrypted": encrypted(),
    "up": packed({"../../up.ipynb": b"{}", "/root.ipynb": b"{}", "a\\..\\b.ipynb": b"{}"}),
    "hidden": packed({"__MACOSX/._ridge.ipynb": b"x", ".ipynb_checkpoints/r.ipynb": b"{}"}),
    "nested": packed({"again.zip": packed({"ridge.ipynb": b"{}"})}),
    "bomb": packed({f"{k}.csv": bytes(MOST_NOTEBOOK) for k in range(4)}),
    "long": packed({"x" * 300 + ".ipynb": b"{}"}),
}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """The files that come out, by the student's archive."""
    folder = tmp_path_factory.mktemp("collect")
    (folder / "archive").mkdir()
    platform = {f"{name}_17_1_{name}.zip": data for name, data in STUDENTS.items()}
    platform["large_18_2_ridge.ipynb"] = bytes(2 * MOST_NOTEBOOK)
    platform["paper_19_3_ridge.pdf"] = b"%PDF"
    (folder / "archive/class.zip").write_bytes(packed(platform))
    Archives().extract(str(folder / "archive"), str(folder / "extracted"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not list(folder.parent.rglob("up.ipynb"))
    return {
        str(path.relative_to(folder / "extracted/class")): path.stat().st_size
        for path in files
        if path.name != "class.zip"
    }


def test_what_is_well_packed_comes_out(extracted):
    assert extracted["whole_17_1_whole/ridge.ipynb"] == 2
    assert extracted["folder_17_1_folder/ridge.ipynb"] == 2
    assert extracted["folder_17_1_folder/img/a.png"] == 1


def test_nothing_else_does(extracted):
    names = {name.partition("_")[0] for name in extracted}
    assert names == {"whole", "folder", "bomb", "large"}


def test_sizes_are_bounded(extracted):
    assert extracted["large_18_2_ridge.ipynb"] == MOST_NOTEBOOK + 1  # which is then refused
    bomb = sum(size for name, size in extracted.items() if name.startswith("bomb"))
    assert 0 < bomb <= MOST_ARCHIVE


@pytest.mark.parametrize(
    ("name", "who", "file"),
    [
        ("lovelaceada_17_4711_ridge.ipynb", "17", "ridge.ipynb"),
        ("lovelaceada_LATE_17_4711_ridge-2.ipynb", "17", "ridge-2.ipynb"),
        ("van_der_berg_17_4711_18_5_ridge.ipynb", "17", "18_5_ridge.ipynb"),
        ("šárka_17_4711_a b (1).ipynb", "17", "a b (1).ipynb"),
        ("Ada Lovelace_93_assignsubmission_file", "Ada Lovelace", ""),
        ("Ada Lovelace_93_assignsubmission_file_", "Ada Lovelace", ""),
        ("Ada Lovelace_93_assignsubmission_file_17_2_x.ipynb", "Ada Lovelace", "17_2_x.ipynb"),
    ],
)
def test_names_of_the_platforms(name, who, file):
    assert (_match(name)[1], _match(name)["file"]) == (who, file)


@pytest.mark.parametrize("name", ["ridge.ipynb", "anon_x1y2z_4711_r.ipynb", "Ada_93_onlinetext"])
def test_other_names(name):
    assert _match(name) is None
