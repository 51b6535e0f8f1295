#!/usr/bin/env python3
"""Writes a GGUF file of a known model's shape with random weights.

  random_model.py SHAPE OUT

How fast a model is does not depend on what its weights say. It never ends a
text by itself: the row of the end-of-text token is zero, so that some other
token is always likelier.
"""

import argparse
import dataclasses

import gguf
import numpy

SEED = 1
CONTEXT = 4096
SPECIAL = ["<unk>", "<s>", "</s>"]
END = 2


@dataclasses.dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int


SHAPES = {
    # The size of deploy/demo.gguf, in less than half of its bytes.
    "tiny": Shape(4, 128, 4, 2, 384, 2048),
    # HuggingFaceTB/SmolLM2-135M
    "135m": Shape(30, 576, 9, 3, 1536, 49152),
    # Qwen/Qwen2.5-0.5B
    "500m": Shape(24, 896, 14, 2, 4864, 151936),
}


def tokens_of(vocabulary):
    """Bytes and words, as a SentencePiece vocabulary has them."""
    tokens = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL,
             gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    texts = ["▁", *"0123456789-:", *(f"▁word{i}" for i in range(100))]
    # What joins characters to words, piece by piece.
    for word in ("▁word",):
        texts += [word[:end] for end in range(2, len(word) + 1)]
    texts += sorted(set("word"))
    texts += [f"▁word{i}" for i in range(10)]
    texts = list(dict.fromkeys(texts))
    texts += [f"▁t{i:x}" for i in range(vocabulary - len(tokens)
                                        - len(texts))]
    return ([*tokens, *texts],
            [*kinds, *[gguf.TokenType.NORMAL] * len(texts)])


def add_settings(writer, shape):
    head = shape.width // shape.heads
    writer.add_name("random weights")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    tokens, kinds = tokens_of(shape.vocabulary)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)


def add_matrix(writer, random, name, rows, columns, zero_row=None):
    weights = random.standard_normal((rows, columns), dtype=numpy.float32)
    weights /= numpy.sqrt(numpy.float32(columns))
    if zero_row is not None:
        weights[zero_row] = 0
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor(name, gguf.quantize(weights, kind), raw_dtype=kind)


def add_weights(writer, shape):
    random = numpy.random.default_rng(SEED)
    ones = numpy.ones(shape.width, dtype=numpy.float32)
    kv_width = shape.width // shape.heads * shape.kv_heads
    add_matrix(writer, random, "token_embd.weight", shape.vocabulary,
               shape.width, zero_row=END)
    writer.add_tensor("output_norm.weight", ones)
    for i in range(shape.layers):
        writer.add_tensor(f"blk.{i}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{i}.ffn_norm.weight", ones)
        for name, rows, columns in (
                ("attn_q", shape.width, shape.width),
                ("attn_k", kv_width, shape.width),
                ("attn_v", kv_width, shape.width),
                ("attn_output", shape.width, shape.width),
                ("ffn_gate", shape.feed_forward, shape.width),
                ("ffn_up", shape.feed_forward, shape.width),
                ("ffn_down", shape.width, shape.feed_forward)):
            add_matrix(writer, random, f"blk.{i}.{name}.weight", rows, columns)


def write_model(shape_name, path):
    shape = SHAPES[shape_name]
    writer = gguf.GGUFWriter(path, "llama")
    add_settings(writer, shape)
    add_weights(writer, shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("out")
    arguments = parser.parse_args()
    write_model(arguments.shape, arguments.out)


if __name__ == "__main__":
    main()
