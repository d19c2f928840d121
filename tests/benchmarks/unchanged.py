"""A bucket whose objects are as they were: what it costs to find out."""

import json
import statistics
import subprocess

import fake_embeddings
import memory
import service
from report import Aim, Section, Table
from setting import say

MEASURED = """\
A bucket of {count} one-line objects, served by the tests' own S3 server on this machine, in pages
of 1,000. Once all are ingested (with embeddings of a fake model), jobs run in which nothing has
changed; the median of {rounds}.

- **Job**: from its start to COMPLETE, by its own account: listing, comparing every object with the
  catalog, recording that it was seen.
- **Bare listing**: the same pages by AWS's client alone (`aws-sdk-s3`), in a process of its own.

The memory is the most that the server's process holds during these jobs, beside a bucket of {few}
objects."""

CONFIG = """
[connectors.s3]
endpoint_url = "{url}"
region = "us-east-1"
"""


class Bucket:
    """The S3 server in a process of its own; as a context it is ended."""

    def __init__(self, setting, count):
        self.program = setting.target / "release/examples/bucket"
        pipe = subprocess.PIPE
        command = [self.program, "serve", str(count)]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def requests(self):
        """How many requests of each operation came so far."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def list(self):
        """Lists the bucket by AWS's client alone."""
        command = [self.program, "list", self.about["url"]]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def run(setting):
    few, many = setting.of((1_000, 20_000), (100, 1_000))
    rounds = setting.of(5, 2)
    small = measure(setting, few, 1)
    large = measure(setting, many, rounds)
    seconds, bare = statistics.median(large["seconds"]), statistics.median(large["bare"])
    table = Table(["Figure", "Value"])
    table.rows += [
        ["Job, s", seconds],
        ["Bare listing, s", bare],
        ["Objects per second, job", many / seconds],
        ["Objects per second, bare listing", many / bare],
        [f"Peak memory, {many} objects, MB", large["megabytes"]],
        [f"Peak memory, {few} objects, MB", small["megabytes"]],
    ]
    aims = [
        Aim("requests for objects in jobs without a change", large["gets"], at_most=0),
        Aim("the time of the job beside that of the bare listing", seconds / bare, at_most=1.3),
        Aim(
            f"the peak in MB for {many} objects over that for {few}",
            large["megabytes"] - small["megabytes"],
            at_most=50,
        ),
    ]
    measured = MEASURED.format(count=many, few=few, rounds=rounds)
    return Section("An unchanged bucket", measured, [table], aims, {"few": small, "many": large})


def measure(setting, count, rounds):
    """Ingests a bucket, then runs jobs without a change."""
    with fake_embeddings.serving() as embeddings, Bucket(setting, count) as bucket:
        config = embeddings + CONFIG.format(url=bucket.about["url"])
        variables = {
            "AWS_ACCESS_KEY_ID": bucket.about["key_id"],
            "AWS_SECRET_ACCESS_KEY": bucket.about["secret"],
        }
        directory = setting.scratch / f"unchanged-{count}"
        server = service.start(setting, directory, config, variables)
        try:
            source = service.over_bucket(server, bucket.about["bucket"])
            say(f"{count} objects ingested in {service.sync(server, source):.1f} s")
            assert service.chunks(server, source) == count
            # A server that did nothing else: ingesting leaves memory behind.
            server.stop()
            server.start()
            before = bucket.requests()
            seconds, bare = [], []
            with memory.Peak(server.process.pid) as peak:
                for _ in range(rounds):
                    seconds.append(service.sync(server, source))
            after = bucket.requests()
            for _ in range(rounds):
                listed = bucket.list()
                assert listed["objects"] == count, listed
                bare.append(listed["seconds"])
        finally:
            server.stop()
    say(f"{count} unchanged objects: {statistics.median(seconds):.2f} s")
    operations = ("GetObject", "HeadObject")
    gets = sum(after.get(name, 0) - before.get(name, 0) for name in operations)
    return {"seconds": seconds, "bare": bare, "gets": gets, "megabytes": peak.megabytes}
