"""A real server that speaks S3's protocol: SeaweedFS, out of its Python package."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KEY_ID = "seaweed"
SECRET = "the-secret-of-seaweed"


class Seaweed:
    """A server on free ports that keeps its files in a directory; as a context it is ended."""

    def __init__(self, directory):
        self.directory = Path(directory)
        (self.directory / "data").mkdir(parents=True, exist_ok=True)
        identity = {
            "name": "tests",
            "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (self.directory / "s3.json").write_text(json.dumps({"identities": [identity]}))
        master, volume, filer, s3 = free_ports(4)
        self.url = f"http://127.0.0.1:{s3}"
        self.command = [
            Path(sys.executable).with_name("weed"),
            "-logtostderr=true",
            "server",
            f"-dir={self.directory / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            f"-master.port={master}",
            f"-volume.port={volume}",
            f"-filer.port={filer}",
            "-s3",
            f"-s3.port={s3}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self.directory / 's3.json'}",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=100",
        ]
        self.process = None

    def __enter__(self):
        log = (self.directory / "log").open("wb")
        self.process = subprocess.Popen(
            [str(part) for part in self.command], stdout=log, stderr=log, cwd=self.directory
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def client(self):
        """A boto3 client of it."""
        session = boto3.Session(KEY_ID, SECRET, region_name="us-east-1")
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        return session.client("s3", endpoint_url=self.url, config=config)

    def variables(self):
        """The variables by which programs for AWS find it."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _wait(self, seconds=60):
        """Until objects can be written, which is later than that it answers."""
        deadline = time.monotonic() + seconds
        client = self.client()
        while True:
            try:
                if not any(one["Name"] == "ready" for one in client.list_buckets()["Buckets"]):
                    client.create_bucket(Bucket="ready")
                client.put_object(Bucket="ready", Key="ready", Body=b"ready")
                return
            except (BotoCoreError, ClientError):
                log = (self.directory / "log").read_text(errors="replace")
                assert self.process.poll() is None, log
                assert time.monotonic() < deadline, log
            time.sleep(0.1)


def free_ports(count):
    """Ports that are free, and whose ports 10,000 above are: each opens that too."""
    ports, held = [], []
    while len(ports) < count:
        with_twin = [socket.socket(), socket.socket()]
        held += with_twin
        try:
            with_twin[0].bind(("127.0.0.1", 0))
            port = with_twin[0].getsockname()[1]
            with_twin[1].bind(("127.0.0.1", port + 10_000 if port < 55_000 else port - 10_000))
            if port < 55_000:
                ports.append(port)
        except OSError:
            pass
    for one in held:
        one.close()
    return ports
