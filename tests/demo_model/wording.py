"""The words around a subject: how people ask, apart from what they ask about.

{np} is the name of a subject, {bare} the same without its article.
"""

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
    "I am curious about {np}", "So what is {np}", "{bare}, anyone",
    "In a nutshell, what is {np}", "My boss asked me about {np}",
    "What should I know about {np}", "Could somebody clarify what {np} is",
]
PREFIXES = [
    "Please tell me: ", "Tell me, ", "Hi, ", "Hello, ", "So, ", "Ok, ", "Hey, ",
    "Quick question: ", "I wonder, ", "Please, ", "Hi! ", "Hello! ", "And ",
    "I have a question: ", "Well, ", "Now, ", "One more question: ", "But ",
    "Explain: ", "Can you tell me, ", "Question: ", "Sorry, ", "Thanks. ",
]
SUFFIXES = [
    " please", ", please", " in simple words", " briefly", " exactly", " then",
    " in one sentence", " in short", " in general", " here", ", thanks",
    " actually", " really", " to me", " for me", " again", " in detail",
    " for beginners", " like I am five", ", do you know",
]
# Subjects are also put between parts of requests, so that the model learns to
# pick the subject out of a wording that it has never seen.
REQUEST_STARTS = [
    "Give me", "I need", "I would like", "Show me", "Could I have", "I want",
    "Can I get", "Write", "Tell me", "Let me have", "May I have", "Provide",
    "Could you write", "Would you give me", "I am looking for", "Do you have",
    "Any chance of", "How about", "Please write", "Let us have",
]
REQUEST_OBJECTS = [
    "a definition", "an explanation", "a summary", "an overview", "the basics",
    "some facts", "more information", "a few words", "a sentence", "an answer",
    "the meaning", "an introduction", "a description", "some help", "details",
    "something", "the idea", "a hint", "a note", "your opinion",
]
REQUEST_LINKS = ["of", "on", "about", "for", "regarding", "concerning", "with"]
REQUEST_VERBS = [
    "explain", "describe", "define", "clarify", "introduce", "discuss",
    "summarize", "talk about", "say what you know about", "teach me",
    "help me with", "go over", "enlighten me about", "speak about",
    "say more about", "look at", "think of", "hear about", "read about",
    "learn about", "know about", "ask about", "understand",
]
REQUEST_MODALS = [
    "Can you", "Could you", "Would you", "Will you", "Please", "I want to",
    "I would like to", "Let us", "I need to", "I have to", "How do I", "Now",
    "I am trying to", "You should", "Can we", "Could you please", "Do",
    "Would you mind to", "I wish to", "May I", "Go ahead and", "Just",
]
# Words that may stand for each other in a question.
SYNONYMS = [
    ("big", "large"), ("need", "require", "take", "use"),
    ("needs", "requires", "takes"), ("memory", "RAM"),
    ("make", "get"), ("reduce", "lower", "decrease", "shrink"),
    ("faster", "quicker"), ("fast", "quick"), ("choose", "pick", "select"),
    ("compute", "calculate", "work out", "determine"),
    ("for", "good for", "useful for", "used for"),
    ("work", "function", "operate"), ("best", "right", "ideal"),
    ("GPU", "graphics card", "card"), ("run", "use", "start"),
    ("several", "multiple", "many", "more than one"), ("better", "preferable"),
    ("important", "relevant", "useful"), ("stop", "end", "finish"),
    ("happens", "goes on"), ("answer", "reply", "response"),
    ("difference", "distinction"), ("model", "LLM", "language model"),
    ("machine", "computer", "PC"), ("see", "find out", "check"),
    ("can", "could", "may"), ("should", "shall", "must"),
    ("save", "conserve"), ("load", "open"), ("reply", "answer"),
    ("purpose", "point", "role"), ("people", "users"), ("slow", "sluggish"),
]
SYNONYM_OF = {word: group for group in SYNONYMS for word in group}
ASKING = {
    "what", "what's", "how", "why", "which", "who", "where", "when", "is",
    "are", "do", "does", "can", "could", "will", "would", "should", "may",
    "must",
}
ENDINGS = {"question": (45, 50, 3, 2), "request": (65, 12, 18, 5)}
SMALL_WORDS = {
    "a", "an", "the", "is", "are", "do", "does", "to", "of", "in", "it", "me",
    "i", "my", "can", "you", "should", "what", "that", "and",
}
SYSTEM_PROMPTS = [
    "You are a helpful assistant.", "You are a helpful AI assistant.",
    "Answer briefly.", "Be concise.", "You are hwLedger.", "Be helpful.",
    "You are an expert in hardware.", "Answer in plain English.",
]


# Put anywhere into a question, so that an unknown word does not confuse.
FILLERS = [
    "actually", "again", "anyway", "basically", "buddy", "certainly", "dear",
    "exactly", "finally", "friend", "guys", "honestly", "hmm", "just", "kindly",
    "maybe", "mate", "now", "oh", "once", "perhaps", "probably", "quickly",
    "really", "right", "seriously", "sir", "somehow", "still", "then", "today",
    "um", "usually", "well", "wow", "yeah", "you know", "I mean", "let us say",
    "at work", "at home", "for my project", "for my homework", "for school",
    "for a friend", "in practice", "in theory", "these days", "by the way",
]

SYLLABLES = [
    "ba", "blo", "cra", "del", "fi", "gor", "hu", "jam", "kel", "lo", "mip",
    "nor", "op", "pla", "quo", "ris", "sto", "tan", "ull", "vex", "wob", "zi",
]
