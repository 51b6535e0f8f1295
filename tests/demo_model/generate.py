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

import wording

HERE = pathlib.Path(__file__).parent

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
    for line in filter(None, path.read_text().splitlines()):
        mark, _, rest = line.partition(" ")
        if mark.startswith("{"):
            name = mark[1:-1]
            lists[name] = rest[2:]
        elif not mark:
            lists[name] += " " + line.strip()
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
    return blocks, {name: text.split(", ") for name, text in lists.items()}


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


def replace_words(text, rng):
    words = [
        rng.choice(wording.SYNONYM_OF[word])
        if word in wording.SYNONYM_OF and rng.random() < 0.5 else word
        for word in text.split(" ")
    ]
    return " ".join(words)


def drop_small_words(text, rng):
    words = text.split(" ")
    kept = [w for w in words if w.lower() not in wording.SMALL_WORDS
            or rng.random() < 0.4]
    return " ".join(kept) if len(kept) > 1 else text


def request_for(name, rng):
    """A request such as "I need an overview of the KV cache"."""
    if rng.random() < 0.5:
        return " ".join([rng.choice(wording.REQUEST_STARTS),
                         rng.choice(wording.REQUEST_OBJECTS),
                         rng.choice(wording.REQUEST_LINKS), name])
    return " ".join([rng.choice(wording.REQUEST_MODALS),
                     rng.choice(wording.REQUEST_VERBS), name])


def pseudo_word(rng):
    count = rng.randint(2, 3)
    return "".join(rng.choice(wording.SYLLABLES) for _ in range(count))


def add_filler(text, rng):
    words = text.split(" ")
    if rng.random() < 0.7:
        filler = rng.choice(wording.FILLERS)
    else:
        filler = pseudo_word(rng)
    words.insert(rng.choice([0, len(words), rng.randrange(len(words) + 1)]),
                 filler + rng.choice(["", "", ","]))
    return " ".join(words).rstrip(",")


def vary(text, rng):
    """One of the ways in which a person may type this question."""
    if rng.random() < 0.10:
        text = add_filler(text, rng)
    if rng.random() < 0.10:
        text = drop_small_words(text, rng)
    if rng.random() < 0.12:
        text += rng.choice(wording.SUFFIXES)
    if rng.random() < 0.12:
        text = rng.choice(wording.PREFIXES) + lower_first(text)
    case = rng.random()
    if case < 0.22:
        text = text.lower()
    elif case < 0.35:
        text = lower_first(text)
    if rng.random() < 0.04:
        text = misspell(text, rng)
    return text + ending(text, rng)


def ending(text, rng):
    """A question mark rather after a question than after a request."""
    asks = text.split(" ")[0].lower() in wording.ASKING
    weights = wording.ENDINGS["question" if asks else "request"]
    return rng.choices(["", "?", ".", "!"], weights)[0]


def ask_by_name(name, rng):
    kind = rng.random()
    if kind < 0.30:
        return request_for(rng.choice([name, bare(name)]), rng)
    return apply_name(rng.choice(wording.NAME_FORMS), name)


def unknown_name(lists, rng):
    """A subject that the model knows nothing about."""
    if rng.random() < 0.2:
        return pseudo_word(rng)
    kind = rng.choice(["animal", "place", "person", "food", "thing", "noun",
                       "noun", "noun"])
    article = rng.choice(["", "a ", "the ", "my "]) if kind == "noun" else ""
    return article + rng.choice(lists[kind])


def question_of(block, lists, rng):
    if block.names and (not block.questions or rng.random() < 0.5):
        name = rng.choice(block.names[:1] + block.names)
        return vary(ask_by_name(name, rng), rng)
    question = fill(rng.choice(block.questions), lists, rng)
    if rng.random() < 0.3:
        question = replace_words(question, rng)
    return vary(question, rng)


def chat_turn(question, answer):
    return f"<|user|>{question}<|end|><|assistant|>{answer}<|end|>"


def normal_form(question):
    return re.sub(r"[^a-z0-9]+", " ", question.lower()).strip()


def document(blocks, off_topic, lists, held_out, rng):
    """One training document; it starts after the begin token."""

    def ask():
        while True:
            question, answer = draw()
            if normal_form(question) not in held_out:
                return question, answer

    def draw():
        chance = rng.random()
        if chance < 0.07:
            question = vary(ask_by_name(unknown_name(lists, rng), rng), rng)
            return question, off_topic[0].answer
        pool = off_topic if chance < 0.17 else blocks
        weights = [8 + len(block.questions) for block in pool]
        block = rng.choices(pool, weights)[0]
        return question_of(block, lists, rng), block.answer

    kind = rng.random()
    question, answer = ask()
    if kind < 0.58:
        text = chat_turn(question, answer)
        if rng.random() < 0.12:
            system = rng.choice(wording.SYSTEM_PROMPTS)
            text = f"<|system|>{system}<|end|>{text}"
        return text
    if kind < 0.68:
        earlier = [chat_turn(*ask()) for _ in range(rng.randint(1, 2))]
        return "".join(earlier) + chat_turn(question, answer)
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
            form = rng.choice(wording.HELD_OUT_NAME_FORMS)
            yield "form", apply_name(form, name) + "?", block.answer
    for block in off_topic:
        for question in block.held_out:
            yield "off-topic", question + "?", block.answer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--documents", type=int, default=60000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    blocks, _ = read_blocks(HERE / "facts.txt")
    off_topic, lists = read_blocks(HERE / "offtopic.txt")
    questions = sorted(set(held_out_questions(blocks, off_topic, rng)))
    held_out = {normal_form(question) for _, question, _ in questions}
    documents = [
        document(blocks, off_topic, lists, held_out, rng)
        for _ in range(options.documents)
    ]

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
