"""The AWS command line, which pages through every list by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import CREDENTIALS, knowledge_base_request


def aws(endpoint, *arguments):
    """Runs the command line and reads its output."""
    command = [Path(sys.executable).with_name("aws"), "--endpoint-url", endpoint, *arguments]
    done = subprocess.run(
        [*command, "--output", "json"],
        env={**os.environ, **CREDENTIALS},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_the_command_line_lists_and_retrieves(agent, endpoint, library):
    made = {
        agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]["knowledgeBaseId"]
        for _ in range(3)
    }
    listed = aws(endpoint, "bedrock-agent", "list-knowledge-bases", "--page-size", "1")
    ids = [summary["knowledgeBaseId"] for summary in listed["knowledgeBaseSummaries"]]
    assert made <= set(ids) and len(ids) == len(set(ids))
    for id in made:
        agent.delete_knowledge_base(knowledgeBaseId=id)
    found = aws(
        endpoint,
        "bedrock-agent-runtime",
        "retrieve",
        "--knowledge-base-id",
        library["knowledgeBaseId"],
        "--retrieval-query",
        "text=glacier",
    )
    assert "glacier" in found["retrievalResults"][0]["content"]["text"]
