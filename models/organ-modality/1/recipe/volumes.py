"""Slices of the volumes in the shared data, as display images with known organ and modality: training only, never judged."""
from pathlib import Path

import nibabel
import numpy as np
import pydicom


def shown(values: np.ndarray, low: float, high: float) -> np.ndarray:
    grey = np.clip((values.astype(np.float32) - low) / max(high - low, 1e-6), 0, 1) * 255 + 0.5
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def head_ct(data: Path) -> list[np.ndarray]:
    images = []
    for path in sorted((data / "dicom-series" / "head-ct-ge").rglob("*")):
        if not path.is_file():
            continue
        try:
            dataset = pydicom.dcmread(path, force=True)
            hu = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
        except Exception:  # noqa: BLE001 - licence and text files lie beside the slices
            continue
        for low, high in ((0, 80), (-60, 140), (-500, 1300)):
            images.append(shown(hu, low, high))
    return images


def head_mr(data: Path) -> list[np.ndarray]:
    images = []
    for path in [data / "brain-t1" / "t1_crop.nii.gz", *sorted((data / "ms-two-visits").rglob("*FLAIR.nii*"))]:
        volume = np.asanyarray(nibabel.as_closest_canonical(nibabel.load(path)).dataobj).squeeze()
        if volume.ndim != 3 or volume.dtype == np.uint8 and volume.max() < 2:
            continue
        low, high = np.percentile(volume, (1, 99.5))
        for axis in range(3):
            for share in np.linspace(0.32, 0.68, 6):
                plane = np.rot90(volume.take(int(share * volume.shape[axis]), axis=axis))
                if np.mean(plane > low + 0.1 * (high - low)) > 0.1:
                    images.append(shown(plane, low, high))
    return images
