"""kill -9 in one phase of an ingestion job after the other, told from the log."""

import collections
import time

import httpx
from sources import documents, ends_within, job, retrieve

# So much is logged that phases can be told.
LOG = 'log = "info,ingest=debug,vectors=debug"\n'

QUESTIONS = ("rope radio avalanche", "shift cabin", "invoice weather sledge")


class Phase:
    """What a log says of a phase: words, how many lines with them may pass, how long it lasts."""

    def __init__(self, words, lines=1, seconds=0.02):
        self.words = words
        self.lines = lines
        self.seconds = seconds


class Kills:
    """Kills servers until there were enough of them, and enough in each phase."""

    def __init__(self, phases, chance, most_in_a_round=10):
        self.phases = phases
        self.chance = chance
        self.most_in_a_round = most_in_a_round
        self.of_phase = collections.Counter()
        # How many documents a job had done at each kill.
        self.scanned = []

    def are(self, enough, in_each_phase):
        """Whether that is enough."""
        return self.of_phase.total() >= enough and self.rarest() >= in_each_phase

    def rarest(self):
        """The kills in the phase that has the fewest."""
        return min(self.of_phase[phase] for phase in self.phases)

    def strike(self, server, ids):
        """Kills a server that runs a job, and starts it again, until the job is over."""
        for _ in range(self.most_in_a_round):
            name = min(self.phases, key=lambda name: (self.of_phase[name], self.chance.random()))
            if not self._comes(server, self.phases[name]) or ends_within(server, ids, 0):
                return
            time.sleep(self.chance.random() * self.phases[name].seconds)
            server.kill()
            self.of_phase[name] += 1
            server.start()
            self.scanned.append(job(server, ids)["statistics"]["numberOfDocumentsScanned"])

    def _comes(self, server, phase):
        """Waits for some lines of a phase, so that the moment is another each time."""
        seen = 0
        for _ in range(self.chance.randint(1, phase.lines)):
            line = server.wait_for_line((phase.words, "ingestion job ends"), seen, 10)
            if line is None or "ingestion job ends" in server.lines[line]:
                return False
            seen = line + 1
        return True


def end_state(server, ids):
    """Everything that can be seen of the end of a job: itself, documents, chunks, vectors."""
    source = {name: ids[name] for name in ("knowledgeBaseId", "dataSourceId")}
    ended = job(server, ids)
    status = httpx.get(f"{server.address}/outcrop/status").json()["knowledgeBases"][0]
    found = collections.Counter()
    for question in QUESTIONS:
        results = retrieve(server, source, question, numberOfResults=100)
        chunks = [result["metadata"]["x-amz-bedrock-kb-chunk-id"] for result in results]
        assert len(set(chunks)) == len(chunks), "a chunk came twice"
        found.update(round(result["score"], 5) for result in results)
    return {
        "status": ended["status"],
        "statistics": ended["statistics"],
        "failures": sorted(ended.get("failureReasons", [])),
        "documents": documents(server, source),
        "chunks": status["chunks"],
        "vectors": status["indexedChunks"],
        "found": found,
    }
