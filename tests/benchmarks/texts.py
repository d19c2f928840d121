"""Documents and questions made of sentences that are the same in every run."""

import random

NOUNS = """harbour turbine ledger glacier orchard council archive bridge pump invoice survey
lantern cable ferry reservoir contract museum valve signal warehouse committee sensor quarry
tunnel permit engine library meadow station furnace""".split()
ADJECTIVES = """old northern damaged annual hidden costly quiet regional temporary steel narrow
public wooden faulty frozen official second early modern heavy""".split()
VERBS = """replaced inspected delayed financed flooded repaired measured described closed extended
supplied rejected moved tested registered""".split()
PLACES = """Alder Bay Coldwater Dunmore Easton Fernhill Granby Holloway Inverness Kestrel Linden
Marlow Norwood Oakham Pinewood""".split()
UNITS = "days hours metres tonnes pages visitors shipments".split()


def sentence(words):
    """A sentence of some seventeen tokens."""
    noun, other = words.sample(NOUNS, 2)
    return (
        f"The {words.choice(ADJECTIVES)} {noun} of {words.choice(PLACES)} {words.choice(VERBS)} "
        f"the {words.choice(ADJECTIVES)} {other} after {words.randrange(2, 900)} "
        f"{words.choice(UNITS)} near {words.choice(PLACES)}."
    )


def long_documents(folder, sections):
    """Documents of ten sections, of the lengths that make chunks of 188 tokens on average."""
    words = random.Random(1)
    for number in range(-(-sections // 10)):
        parts = [f"# Record {number}"]
        for section in range(min(10, sections - 10 * number)):
            parts.append(f"## Part {section} of {words.choice(PLACES)}")
            for length in words.choice(LENGTHS):
                parts.append(" ".join(sentence(words) for _ in range(length)))
        (folder / f"record{number:05}.md").write_text("\n\n".join(parts) + "\n")


# Sentences in the paragraphs of a section.
LENGTHS = [(3, 4), (5, 6), (4, 4, 4), (3, 3, 3), (6, 5), (4, 4, 3), (7, 6)]


def short_documents(folder, count):
    """Documents of one chunk, 40 to 60 tokens."""
    words = random.Random(2)
    for number in range(count):
        text = " ".join(sentence(words) for _ in range(3))
        (folder / f"note{number:05}.txt").write_text(text + "\n")


def questions(file, count):
    """Questions of some twelve tokens, one a line."""
    words = random.Random(3)
    lines = (
        f"Which {words.choice(ADJECTIVES)} {words.choice(NOUNS)} was {words.choice(VERBS)} near "
        f"{words.choice(PLACES)} after {words.randrange(2, 900)} {words.choice(UNITS)}?"
        for _ in range(count)
    )
    file.write_text("\n".join(lines) + "\n")
    return file
