#!/usr/bin/env python3
"""Writes the GGUF files of the demo model.

  make_gguf.py start CORPUS OUT      trains the tokenizer, random F32 weights
  make_gguf.py finish TRAINED OUT    trained weights under our own metadata

libllama saves a trained model without our metadata and with many keys of other
architectures, hence the second step.
"""

import argparse
import collections
import pathlib
import re

import gguf
import numpy

LAYERS = 4
WIDTH = 192
HEADS = 3
FEED_FORWARD = 512
CONTEXT = 512
VOCABULARY = 1536
NORM_EPSILON = 1e-5
SEED = 1

BEGIN, END, USER, ASSISTANT, SYSTEM, PAD = SPECIAL = [
    "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>",
    "<|pad|>",
]
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")

# How the pre-tokenizer splits ASCII text. Unlike most, this one makes libllama
# give back exactly the text that was tokenized.
PRE_TOKENIZER = "smollm"
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+|[0-9]|"
                  r" ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def byte_letters():
    """The letter that stands for each byte in a GPT-2 vocabulary."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in visible}
    hidden = [byte for byte in range(256) if byte not in letters]
    letters |= {byte: chr(256 + i) for i, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


def count_words(corpus):
    letters = byte_letters()
    words = collections.Counter()
    for line in corpus.read_text().splitlines():
        for text in re.split(r"<\|\w+\|>", line.replace("\\n", "\n")):
            words.update(WORD.findall(text))
    return {
        tuple(letters[byte] for byte in word.encode()): count
        for word, count in words.items()
    }


def join_pair(word, pair):
    joined = []
    i = 0
    while i < len(word):
        if word[i:i + 2] == pair:
            joined.append(word[i] + word[i + 1])
            i += 2
        else:
            joined.append(word[i])
            i += 1
    return tuple(joined)


def train_tokenizer(corpus, merge_count):
    """Byte pair encoding: joins the most frequent pair, again and again."""
    words = count_words(corpus)
    pairs = collections.Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    merges = []
    while len(merges) < merge_count:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        changed = {w: c for w, c in words.items() if best in zip(w, w[1:])}
        for word, count in changed.items():
            joined = join_pair(word, best)
            for pair in zip(word, word[1:]):
                pairs[pair] -= count
            for pair in zip(joined, joined[1:]):
                pairs[pair] += count
            del words[word]
            words[joined] = words.get(joined, 0) + count
    return merges


def add_settings(writer):
    writer.add_name("hwLedger demo")
    writer.add_description("A toy that answers short questions about models, "
                           "memory and hardware. Trained by hwLedger itself.")
    writer.add_license("apache-2.0")
    writer.add_author("The hwLedger authors")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_key_length(WIDTH // HEADS)
    writer.add_value_length(WIDTH // HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_vocab_size(VOCABULARY)


def add_tokenizer(writer, tokens, merges):
    kinds = [gguf.TokenType.NORMAL] * (len(tokens) - len(SPECIAL))
    kinds += [gguf.TokenType.CONTROL] * len(SPECIAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index(BEGIN))
    writer.add_eos_token_id(tokens.index(END))
    writer.add_eot_token_id(tokens.index(END))
    writer.add_pad_token_id(tokens.index(PAD))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def random_tensors():
    rng = numpy.random.default_rng(SEED)

    def matrix(rows, columns, deviation=0.02):
        values = rng.standard_normal((rows, columns), dtype=numpy.float32)
        return values * numpy.float32(deviation)

    ones = numpy.ones(WIDTH, dtype=numpy.float32)
    # The training leaves the token embeddings as they are here. Of length one
    # per element, they are far enough apart to be told from one another.
    yield "token_embd.weight", matrix(VOCABULARY, WIDTH, 1.0)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", ones
        for name in "attn_q", "attn_k", "attn_v":
            yield f"{block}{name}.weight", matrix(WIDTH, WIDTH)
        yield block + "attn_output.weight", matrix(WIDTH, WIDTH)
        yield block + "ffn_norm.weight", ones
        yield block + "ffn_gate.weight", matrix(FEED_FORWARD, WIDTH)
        yield block + "ffn_up.weight", matrix(FEED_FORWARD, WIDTH)
        yield block + "ffn_down.weight", matrix(WIDTH, FEED_FORWARD)
    yield "output_norm.weight", ones
    yield "output.weight", matrix(VOCABULARY, WIDTH)


def write(path, tokens, merges, tensors):
    writer = gguf.GGUFWriter(path, "llama")
    add_settings(writer)
    add_tokenizer(writer, tokens, merges)
    for name, values in tensors:
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def start(corpus, out):
    merge_count = VOCABULARY - 256 - len(SPECIAL)
    merges = train_tokenizer(corpus / "train.txt", merge_count)
    tokens = byte_letters() + [a + b for a, b in merges] + SPECIAL
    write(out, tokens, [" ".join(pair) for pair in merges], random_tensors())


def finish(trained, out):
    reader = gguf.GGUFReader(trained)
    fields = {
        name: reader.get_field(f"tokenizer.ggml.{name}").contents()
        for name in ("tokens", "merges")
    }
    write(out, fields["tokens"], fields["merges"],
          ((tensor.name, tensor.data) for tensor in reader.tensors))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["start", "finish"])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    {"start": start, "finish": finish}[options.step](options.source,
                                                     options.out)


if __name__ == "__main__":
    main()
