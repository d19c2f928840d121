"""A bucket that tells a queue of its changes, on a real server of S3 and SQS: moto. Nobody starts a
job here."""

import contextlib
import socket
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from conftest import CREDENTIALS, wait_until
from server import Server
from sources import OVER, create_source, retrieve, s3_configuration

EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]


@contextlib.contextmanager
def moto(directory):
    """moto's server on a free port; returns its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (directory / "moto.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


class Bucket:
    """A bucket and the queue with its events."""

    def __init__(self, url):
        session = boto3.Session("test", "test", region_name="us-east-1")
        self.name = "books"
        self.s3 = session.client("s3", endpoint_url=url)
        self.sqs = session.client("sqs", endpoint_url=url)
        wait_until(self._answers)
        self.s3.create_bucket(Bucket=self.name)
        self.queue = self.sqs.create_queue(QueueName="events")["QueueUrl"]

    def _answers(self):
        try:
            return self.s3.list_buckets()
        except BotoCoreError:
            return None

    def tell(self, events):
        """From now on the queue is told of these events."""
        asked = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        queue = {"QueueArn": asked["Attributes"]["QueueArn"], "Events": events}
        self.s3.put_bucket_notification_configuration(
            Bucket=self.name,
            NotificationConfiguration={"QueueConfigurations": [queue] if events else []},
        )

    def put(self, key, text):
        self.s3.put_object(Bucket=self.name, Key=key, Body=text.encode())

    def remove(self, key):
        self.s3.delete_object(Bucket=self.name, Key=key)

    def left(self):
        """How many messages the queue has, hidden ones too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return sum(int(asked["Attributes"][name]) for name in names)


@pytest.fixture
def bucket(tmp_path):
    with moto(tmp_path) as url:
        yield Bucket(url)


def test_changes_are_found_without_anybody_starting_a_job(bucket, tmp_path):
    variables = CREDENTIALS | {"AWS_ENDPOINT_URL": bucket.s3.meta.endpoint_url}
    with Server(tmp_path / "data", variables=variables) as server:
        configuration = s3_configuration(bucket.name)
        parameters = {"connectorParameters": {"eventQueueUrl": bucket.queue}}
        configuration["managedKnowledgeBaseConnectorConfiguration"] = parameters
        source = create_source(server, configuration)

        def keys():
            """The keys that questions find."""
            found = retrieve(server, source, "What does the note say?")
            prefix = f"s3://{bucket.name}/"
            return {one["location"]["s3Location"]["uri"].removeprefix(prefix) for one in found}

        bucket.tell(EVENTS)
        bucket.put("shelf 1/a+ü.md", "The note says that the rope is old.\n")
        bucket.put("b.md", "The note says that the radio works.\n")
        wait_until(lambda: keys() == {"shelf 1/a+ü.md", "b.md"}, seconds=60)
        bucket.remove("b.md")
        wait_until(lambda: keys() == {"shelf 1/a+ü.md"}, seconds=60)

        # What no event told of, the listing finds at the next one.
        bucket.tell([])
        bucket.remove("shelf 1/a+ü.md")
        bucket.put("lost.md", "The note says that the cabin is cold.\n")
        bucket.tell(EVENTS)
        bucket.put("c.md", "The note says that the sledge is fast.\n")
        wait_until(lambda: keys() == {"lost.md", "c.md"}, seconds=60)

        def jobs():
            agent = server.client("bedrock-agent")
            return agent.list_ingestion_jobs(**source)["ingestionJobSummaries"]

        wait_until(lambda: {job["status"] for job in jobs()} <= set(OVER))
        assert {job["status"] for job in jobs()} == {"COMPLETE"}
        assert all(job["description"] == "Started by a change" for job in jobs())
        wait_until(lambda: bucket.left() == 0)
        server.stop()
