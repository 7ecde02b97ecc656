"""Writes a language model with random weights and a token a byte as GGUF, for llama.cpp: `tiny_gguf.py FILE`.

What it says is noise, and the same noise each time: the weights come of a fixed seed.
"""

import sys

import gguf
import numpy as np

WIDTH, HEADS, LAYERS, HIDDEN, CONTEXT, SEED = 64, 4, 2, 128, 512, 20260601
CHAT_TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def byte_alphabet() -> list[str]:
    """The printable characters by which byte-level BPE writes the 256 bytes (GPT-2, `bytes_to_unicode`)."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    letters, spare = [], 0x100
    for byte in range(256):
        if byte in printable:
            letters.append(chr(byte))
        else:
            letters.append(chr(spare))
            spare += 1
    return letters


def write(path: str) -> None:
    vocabulary = [*byte_alphabet(), "<s>", "</s>"]
    chance = np.random.default_rng(SEED)

    def noise(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.4, shape).astype(np.float32)

    out = gguf.GGUFWriter(path, "llama")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(HIDDEN)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_vocab_size(len(vocabulary))
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("default")
    out.add_token_list(vocabulary)
    out.add_token_types([gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * 2)
    out.add_token_merges(["a b"])
    out.add_bos_token_id(256)
    out.add_eos_token_id(257)
    out.add_chat_template(CHAT_TEMPLATE)

    out.add_tensor("token_embd.weight", noise(len(vocabulary), WIDTH))
    out.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    out.add_tensor("output.weight", noise(len(vocabulary), WIDTH))
    for layer in range(LAYERS):
        at = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            out.add_tensor(f"{at}.{norm}.weight", np.ones(WIDTH, np.float32))
        for projection in ("attn_q", "attn_k", "attn_v", "attn_output"):
            out.add_tensor(f"{at}.{projection}.weight", noise(WIDTH, WIDTH))
        out.add_tensor(f"{at}.ffn_gate.weight", noise(HIDDEN, WIDTH))
        out.add_tensor(f"{at}.ffn_up.weight", noise(HIDDEN, WIDTH))
        out.add_tensor(f"{at}.ffn_down.weight", noise(WIDTH, HIDDEN))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


write(sys.argv[1])
