"""Writes a version's folder from trained weights: graphs, tokenizer, template, adapter, manifest, golden answers."""

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

import graph
import net
from pack import write_manifest
from pixels import prepared
from questions import about, about_several
from scenes import draw, scene
from served import Served
from words import Words, user

GOLDEN = 16
SURE = 1.0
"""A golden answer's every token leads by so many logits, so that another build of ONNX Runtime chooses the same."""


def write_package(folder: Path, source: Path, version: str, title: str, w: net.Weights, lora: net.Weights, bits: int) -> None:
    """`bits` are those of the decoder. The encoder stays float32: quantised as it runs, an image would answer for those beside it."""
    graph.write(w, folder, bits)
    (folder / "adapters").mkdir(exist_ok=True)
    save_file({name: np.ascontiguousarray(value, np.float32) for name, value in lora.items()}, folder / "adapters" / "sentence.safetensors")
    for name in ("tokenizer.json", "chat-template.jinja"):
        if folder != source:
            shutil.copy(source / name, folder / name)
    write_manifest(folder, version, title)


def margin(served: Served, prompt: np.ndarray, ids: list[int], lora: dict) -> float:
    """The smallest lead of a greedy answer's tokens over the second best, the end token among them."""
    lead, past, valid = np.inf, served.empty(1), len(prompt)
    embeds, at = prompt[None], len(prompt) - 1
    for id_ in [*ids, -1]:
        logits, past = served.step(embeds, np.array([valid]), past, np.array([at]), [lora])
        second, first = np.sort(logits[0])[-2:]
        lead = min(lead, float(first - second))
        if id_ >= 0:
            embeds, at, valid = served.embed.run(None, {"input_ids": np.array([[id_]], np.int64)})[0], 0, valid + 1
    return lead


def write_golden(folder: Path, pictures: Path) -> None:
    """golden.json: conversations about the pictures beside it, prompt ids (an image counts once), answer ids and text."""
    served, words = Served(folder), Words(folder)
    sentence = load_file(folder / "adapters" / "sentence.safetensors")
    rng, cases = np.random.default_rng(77), []
    pictures.mkdir(exist_ok=True)
    number = 0
    while len(cases) < GOLDEN:
        several = len(cases) % 5 == 4
        scenes = [scene(rng) for _ in range(2 if several else 1)]
        asked = about_several(rng, scenes) if several else about(rng, scenes[0])
        sizes = [int(rng.integers(80, 200)) for _ in scenes]
        drawn = [draw(what, size) for what, size in zip(scenes, sizes, strict=True)]
        if len(cases) % 4 == 3:
            drawn = [np.repeat(grey[..., None], 3, 2) * np.array([1, 1, 0], np.uint8) + np.array([0, 0, 40], np.uint8) for grey in drawn]
        text_first, adapter = bool(rng.random() < 0.2), "sentence" if len(cases) % 4 == 2 else None
        lora = sentence if adapter else served.zeros
        prompt = words.prompt([user(asked.question, len(drawn), text_first)])
        embeds = served.embeds(prompt, np.stack([prepared(image) for image in drawn]))
        ids = served.answers([embeds], loras=[lora])[0]
        if margin(served, embeds, ids, lora) < SURE:
            continue
        names = []
        for image in drawn:
            number += 1
            names.append(f"golden/{number:02d}.png")
            Image.fromarray(image).save(pictures / f"{number:02d}.png", optimize=True)
        case = {"images": names, "question": asked.question, "imagesFirst": not text_first, "adapter": adapter, "promptTokens": len(prompt)}
        cases.append({**case, "truth": asked.sentence if adapter else asked.answer, "ids": ids, "text": words.text(ids)})
    (folder / "golden.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
