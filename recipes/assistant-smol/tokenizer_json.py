"""tokenizer.json in Hugging Face's format, from what the GGUF file says of the tokenizer."""

import json

from gguf_weights import Weights

#: In `tokenizer.ggml.token_type`: a token that no text becomes, such as <|im_end|>.
CONTROL = 3


def tokenizer_json(weights: Weights) -> str:
    """A byte-level BPE in which every digit is by itself: what llama.cpp calls `smollm`."""
    if (weights.field("tokenizer.ggml.model"), weights.field("tokenizer.ggml.pre")) != ("gpt2", "smollm"):
        raise ValueError("the file has another tokenizer than the one that is written here")
    tokens, kinds = weights.field("tokenizer.ggml.tokens"), weights.field("tokenizer.ggml.token_type")
    bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {"id": index, "content": token, **plain}
                for index, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
                if kind == CONTROL
            ],
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, bytes_]},
            "post_processor": None,
            "decoder": bytes_,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": {token: index for index, token in enumerate(tokens)},
                "merges": weights.field("tokenizer.ggml.merges"),
            },
        },
        ensure_ascii=False,
    )
