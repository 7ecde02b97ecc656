"""Tokenizer, chat template and prompts as the served package has them."""

import json
from pathlib import Path

import jinja2
import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from questions import ASKED, NO_IMAGE, about, about_several, as_json
from scenes import scene
from vqarad import held_out, pairs

SPECIAL = ["<|pad|>", "<|im_start|>", "<|im_end|>", "<image>", "<|vision|>"]
PAD, START, END, IMAGE, VISION = range(len(SPECIAL))
IMAGE_TOKENS = 36
VOCABULARY = 2048

CHAT = """system user assistant tool You are a careful reader of radiology images. Be brief. Answer in one word. Answer in a sentence.
Tools: To call one, write <tool_call>{"name": "find_study", "arguments": {"patient": "7"}}</tool_call>
{"type": "function", "function": {"name": "", "description": "Finds a study.", "parameters": {"type": "object", "properties":
{"side": {"type": "string", "enum": ["left", "right"]}, "present": {"type": "boolean"}, "count": {"type": "integer"}},
"required": ["side"], "additionalProperties": false}}} true false null {"answer": "yes"} {"findings": [], "impression": ""}
What is on the image? Thank you. Are you sure? Hello. What can you do? Is there anything else? Why? Please explain."""


def corpus(data: Path) -> list[str]:
    """Training text: generated questions and answers, the training part of VQA-RAD, words of conversations and of JSON."""
    rng = np.random.default_rng(5)
    apart = held_out(data)
    lines = ["system", "user", "assistant", "tool"] * 500 + [CHAT] * 20 + [form for forms in ASKED.values() for form in forms] + list(NO_IMAGE) * 20
    for _ in range(2500):
        asked = about(rng, scene(rng))
        lines += [asked.question, asked.answer, asked.sentence, as_json(asked).answer]
    for _ in range(300):
        asked = about_several(rng, [scene(rng), scene(rng)])
        lines += [asked.question, asked.answer, asked.sentence]
    for pair in pairs(data):
        if pair.image not in apart:
            lines += [pair.question, pair.answer] * 4
    return lines


def make_tokenizer(data: Path, path: Path) -> None:
    """Byte-level BPE: every byte is a token, so every text comes back as it went in; digits stand alone."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(corpus(data), trainer)
    tokenizer.save(str(path))


class Words:
    """Texts to ids and back; the template is the package's own file."""

    def __init__(self, package: Path):
        self.tokenizer = Tokenizer.from_file(str(package / "tokenizer.json"))
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self.template = environment.from_string((package / "chat-template.jinja").read_text())
        self.known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        """Ids of a text; in the result, `IMAGE` stands once for each image."""
        if text not in self.known:
            self.known[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.known[text]

    def text(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def prompt(self, messages: list[dict], tools: list | None = None) -> list[int]:
        """Ids of a conversation up to the answer, with each image's id repeated for its positions."""
        text = self.template.render(messages=messages, tools=tools, add_generation_prompt=True, bos_token=None, eos_token="<|im_end|>")
        return [copy for id_ in self.ids(text) for copy in [id_] * (IMAGE_TOKENS if id_ == IMAGE else 1)]


def user(text: str, images: int = 0, text_first: bool = False) -> dict:
    """A user's turn with so many images before or behind its text."""
    parts = [{"type": "image"}] * images
    said = [{"type": "text", "text": text}]
    return {"role": "user", "content": said + parts if text_first else parts + said}
