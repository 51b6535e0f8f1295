#!/usr/bin/env python3
"""Writes a model that talks for ever, whose chat template knows tools.

  write_model.py OUT

Its weights are random: what it says means nothing, and ends only where the
context does or a grammar makes it.
"""

import pathlib
import sys

import gguf

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import random_model  # noqa: E402

# Calls are written as Qwen's models write them.
CHAT_TEMPLATE = """\
{% if tools %}{% for tool in tools %}{{ tool | tojson }}
{% endfor %}{% endif %}\
{% for message in messages %}{{ message.role }}: {{ message.content }}\
{% for call in message.tool_calls %}<tool_call>
{{ call.function | tojson }}
</tool_call>{% endfor %}
{% endfor %}assistant: """


def main():
    out = pathlib.Path(sys.argv[1])
    part = out.with_suffix(".part")
    shape = random_model.SHAPES["tiny"]
    writer = gguf.GGUFWriter(str(part), "llama")
    random_model.add_settings(writer, shape)
    writer.add_chat_template(CHAT_TEMPLATE)
    random_model.add_weights(writer, shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.rename(out)


if __name__ == "__main__":
    main()
