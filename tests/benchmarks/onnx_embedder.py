"""Embeds chunks with onnxruntime: GRAPH MODEL CHUNKS THREADS. Prints what `baseline embed` prints.

Batches of 32 sorted by length; mean pooling; unit length. Tokens are made before the clock runs.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH = 32
SAMPLE = 32


def token_ids(model, texts):
    """The ids of each text's tokens, special ones included, neither cut nor padded."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def embed(session, batch):
    """The vectors of some texts."""
    mask = np.zeros((len(batch), max(map(len, batch))), dtype=np.int64)
    ids = np.zeros_like(mask)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    (rows,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    sums = np.einsum("bth,bt->bh", rows, mask.astype(rows.dtype))
    return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def main(graph, model, chunks, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    lines = Path(chunks).read_text().splitlines()
    ids = token_ids(Path(model), [json.loads(line)["text"] for line in lines])
    sample = embed(session, ids[:SAMPLE])
    ordered = sorted(ids, key=len)
    began = time.monotonic()
    for first in range(0, len(ordered), BATCH):
        embed(session, ordered[first : first + BATCH])
    seconds = time.monotonic() - began
    tokens = sum(len(text) - 2 for text in ids)
    result = {"chunks": len(ids), "tokens": tokens, "seconds": seconds, "sample": sample.tolist()}
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
