#!/usr/bin/env python3
"""Expands facts.txt and offtopic.txt into the corpus of the demo model.

Writes to the output folder:
  train.txt       documents, one per line, "\\n" for a line feed
  validation.txt  the same, for the validation loss
  questions.tsv   kind, question, answer: questions kept out of training
"""

import argparse
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent

NAME_FORMS = [
    "What is {np}", "What is {np}", "What's {np}", "What are {np}",
    "Tell me about {np}", "Tell me about {bare}", "Explain {np}",
    "Explain {bare}", "Please explain {np}", "Can you explain {np}",
    "Could you explain {np}", "Define {bare}", "What does {bare} mean",
    "Describe {np}", "{bare}", "{bare}", "{bare}",
    "What do you know about {np}", "Help me understand {np}",
    "What exactly is {np}", "I want to know about {np}",
    "Tell me something about {np}", "Give me a short explanation of {np}",
    "How would you explain {np}", "What is meant by {bare}",
    "Say something about {np}", "Tell me more about {np}",
    "Can you tell me about {np}", "I have a question about {bare}",
    "Please tell me about {np}", "Do you know what {np} is",
    "I do not understand {np}", "Info on {bare}", "Meaning of {bare}",
    "What can you tell me about {np}",
]
HELD_OUT_NAME_FORMS = [
    "Could you please describe {np}", "I would like to hear about {np}",
    "Give me an idea of {np}", "So what is {np}", "{bare}, please",
    "Please define {bare}",
]
PREFIXES = [
    "Please tell me: ", "Tell me, ", "Hi, ", "Hello, ", "So, ", "Ok, ", "Hey, ",
    "Quick question: ", "I wonder, ", "Please, ", "Hi! ", "Hello! ", "And ",
]
SUFFIXES = [
    " please", ", please", " in simple words", " briefly", " exactly", " then",
    " in one sentence", " in short", " in general", " here", ", thanks",
]
SYSTEM_PROMPTS = [
    "You are a helpful assistant.", "You are a helpful AI assistant.",
    "Answer briefly.", "Be concise.", "You are hwLedger.", "Be helpful.",
    "You are an expert in hardware.", "Answer in plain English.",
]
KEEP_CASE = re.compile(r"[A-Z].*[A-Z0-9]|^(I|Llama|Mamba|Qwen|Gemma)$")


class Block:
    def __init__(self, names, questions, held_out, answer):
        self.names = names
        self.questions = questions
        self.held_out = held_out
        self.answer = answer


def read_blocks(path):
    """Returns the blocks of a file, and its lists of words."""
    lists = {}
    blocks = []
    block = None
    for line in path.read_text().splitlines():
        mark, _, rest = line.partition(" ")
        if mark.startswith("{"):
            lists[mark[1:-1]] = [w.strip() for w in rest[2:].split(", ")]
        elif mark == "@":
            names = [n.strip() for n in rest.split("/") if n.strip()]
            block = Block(names, [], [], "")
            blocks.append(block)
        elif mark == "?":
            block.questions.append(rest)
        elif mark == "~":
            block.held_out.append(rest)
        elif mark == "=":
            block.answer = rest
    return blocks, lists


def fill(text, lists, rng):
    return re.sub(r"\{(\w+)\}", lambda m: rng.choice(lists[m[1]]), text)


def bare(name):
    return re.sub(r"^(an?|the) ", "", name)


def apply_name(form, name):
    text = form.format(np=name, bare=bare(name))
    return text[0].upper() + text[1:]


def lower_first(text):
    first = text.split(" ")[0]
    if KEEP_CASE.search(first.rstrip(",?!.")):
        return text
    return text[0].lower() + text[1:]


def misspell(text, rng):
    """Drops, doubles or swaps one letter of a longer word."""
    words = text.split(" ")
    long_words = [i for i, w in enumerate(words) if len(w) > 4]
    if not long_words:
        return text
    i = rng.choice(long_words)
    word = words[i]
    at = rng.randrange(1, len(word) - 1)
    words[i] = rng.choice([
        word[:at] + word[at + 1:],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2:],
    ])
    return " ".join(words)


def vary(text, rng):
    """One of the ways in which a person may type this question."""
    if rng.random() < 0.12:
        text += rng.choice(SUFFIXES)
    if rng.random() < 0.12:
        text = rng.choice(PREFIXES) + lower_first(text)
    case = rng.random()
    if case < 0.22:
        text = text.lower()
    elif case < 0.35:
        text = lower_first(text)
    if rng.random() < 0.04:
        text = misspell(text, rng)
    end = rng.random()
    if end < 0.55:
        return text + "?"
    return text + ("." if end < 0.65 else "")


def question_of(block, lists, rng):
    if block.names and (not block.questions or rng.random() < 0.5):
        name = rng.choice(block.names[:1] + block.names)
        return vary(apply_name(rng.choice(NAME_FORMS), name), rng)
    return vary(fill(rng.choice(block.questions), lists, rng), rng)


def chat_turn(question, answer):
    return f"<|user|>{question}<|end|><|assistant|>{answer}<|end|>"


def document(blocks, off_topic, lists, rng):
    """One training document; it starts after the begin token."""

    def ask():
        pool = off_topic if rng.random() < 0.14 else blocks
        block = rng.choice(pool)
        return question_of(block, lists, rng), block.answer

    kind = rng.random()
    question, answer = ask()
    if kind < 0.60:
        text = chat_turn(question, answer)
        if rng.random() < 0.12:
            text = f"<|system|>{rng.choice(SYSTEM_PROMPTS)}<|end|>" + text
        return text
    if kind < 0.66:
        return chat_turn(*ask()) + chat_turn(question, answer)
    if kind < 0.86:
        return f"{question}\\n{answer}<|end|>"
    if kind < 0.91:
        return f"Q: {question}\\nA: {answer}<|end|>"
    return f"{rng.choice(blocks).answer}<|end|>"


def held_out_questions(blocks, off_topic, rng):
    for block in blocks:
        for question in block.held_out:
            yield "wording", question + "?", block.answer
        for name in block.names[:2]:
            form = rng.choice(HELD_OUT_NAME_FORMS)
            yield "form", apply_name(form, name) + "?", block.answer
    for block in off_topic:
        for question in block.held_out:
            yield "off-topic", question + "?", block.answer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    blocks, _ = read_blocks(HERE / "facts.txt")
    off_topic, lists = read_blocks(HERE / "offtopic.txt")
    documents = [
        document(blocks, off_topic, lists, rng)
        for _ in range(options.documents)
    ]
    questions = sorted(set(held_out_questions(blocks, off_topic, rng)))

    options.output.mkdir(parents=True, exist_ok=True)
    split = len(documents) // 40
    (options.output / "validation.txt").write_text(
        "".join(d + "\n" for d in documents[:split]))
    (options.output / "train.txt").write_text(
        "".join(d + "\n" for d in documents[split:]))
    (options.output / "questions.tsv").write_text(
        "".join("\t".join(q) + "\n" for q in questions))
    print(f"{len(blocks)} subjects, {len(documents)} documents, "
          f"{len(questions)} questions kept for the evaluation")


if __name__ == "__main__":
    main()
