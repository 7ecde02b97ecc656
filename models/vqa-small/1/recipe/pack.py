"""Writes model.yaml of a made package, with the digests of its files."""

import hashlib
from pathlib import Path

from words import IMAGE_TOKENS

WARNING = "'On real images this model is no better than one that does not look (card.md); only phantoms are answered well.'"

MANIFEST = """format: medserve.model/1
name: vqa-small
version: '{version}'
title: {title}
engine: onnx
serves:
  - {{ task: answer, modality: radiology, default: true }}
  - {{ task: report, modality: radiology, default: true }}
  - {{ task: ground, modality: radiology, default: true }}
  - {{ task: chat, modality: radiology, default: true }}
generation:
  tokenizer: tokenizer.json
  chatTemplate: chat-template.jinja
  endTokens: ['<|im_end|>']
  contextTokens: 1024
  maxAnswerTokens: 96
  slots: 8
  prefillTokens: 256
  parts: {{ decoder: decoder.onnx, embed: embed.onnx, vision: vision.onnx }}
  image:
    tensor: pixel_values
    recipe:
      - {{ step: window, using: header-or-percentiles }}
      - {{ step: colour, to: grey }}
      - {{ step: resize, width: 96, height: 96, fit: stretch }}
      - {{ step: layout, order: nhwc, as: uint8 }}
    token: '<image>'
    tokens: {tokens}
    maxImages: 4
  adapters:
    - {{ name: sentence, file: adapters/sentence.safetensors, base: 'sha256:{base}' }}
  prompts:
    answer: {{ template: '{{question}}', reader: answer, warning: {warning} }}
    report: {{ template: 'Write a report.', reader: report, warning: {warning} }}
    ground: {{ template: 'Give the box of {{phrase}}.', reader: ground, parameters: {{ coordinates: 100 }}, warning: {warning} }}
limits: {{ maxPixels: 67108864 }}
scaling: {{ idleSeconds: 300 }}
threads: {threads}
intendedUse: Research and demonstration; shows and tests the generative path of the platform with exact answers about generated phantoms (count, side, largest, present or absent, position, boxes).
notFor: Not for clinical use. Its answers about real radiology images are hardly better than those of a reader who does not look (card.md).
licence: Apache-2.0
files:
"""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(package: Path, version: str, title: str, threads: int = 1) -> None:
    base = digest(package / "decoder.onnx")
    text = MANIFEST.format(version=version, title=title, tokens=IMAGE_TOKENS, base=base, threads=threads, warning=WARNING)
    for name in ("decoder.onnx", "embed.onnx", "vision.onnx", "tokenizer.json", "chat-template.jinja", "adapters/sentence.safetensors"):
        text += f"  - {{ path: {name}, sha256: {digest(package / name)} }}\n"
    (package / "model.yaml").write_text(text)
