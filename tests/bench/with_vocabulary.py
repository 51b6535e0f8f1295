#!/usr/bin/env python3
"""Gives a model of catalogue_model the vocabulary of random_model.py.

  with_vocabulary.py IN OUT

OUT's weights are a hole, as IN's are.
"""

import argparse
import os

import gguf
import numpy

import random_model

ALIGNMENT = 32


def copy_settings(reader, writer):
    for field in reader.fields.values():
        if (field.name.startswith(("GGUF.", "tokenizer."))
                or field.name == "general.architecture"):
            continue
        kind = field.types[0]
        of_array = kind == gguf.GGUFValueType.ARRAY
        writer.add_key_value(field.name, field.contents(), kind,
                             field.types[-1] if of_array else None)


def add_vocabulary(reader, writer):
    size = next(int(tensor.shape[1]) for tensor in reader.tensors
                if tensor.name == "token_embd.weight")
    tokens, kinds = random_model.tokens_of(size)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(random_model.END)


def add_tensors(reader, writer):
    """Returns how many bytes their data takes."""
    end = 0
    for tensor in reader.tensors:
        shape = [int(length) for length in reversed(tensor.shape)]
        plain = {gguf.GGMLQuantizationType.F32: numpy.float32,
                 gguf.GGMLQuantizationType.F16: numpy.float16}
        if tensor.tensor_type in plain:
            writer.add_tensor_info(tensor.name, shape,
                                   plain[tensor.tensor_type], tensor.n_bytes)
        else:
            writer.add_tensor_info(
                tensor.name,
                gguf.quant_shape_to_byte_shape(shape, tensor.tensor_type),
                numpy.uint8, tensor.n_bytes, raw_dtype=tensor.tensor_type)
        end += -(-tensor.n_bytes // ALIGNMENT) * ALIGNMENT
    return end


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", metavar="IN")
    parser.add_argument("out", metavar="OUT")
    options = parser.parse_args()

    reader = gguf.GGUFReader(options.source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(options.out, architecture)
    copy_settings(reader, writer)
    add_vocabulary(reader, writer)
    data = add_tensors(reader, writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    header = os.path.getsize(options.out)
    os.truncate(options.out, -(-header // ALIGNMENT) * ALIGNMENT + data)


if __name__ == "__main__":
    main()
