"""The fakes of Confluence, Microsoft Graph and Salesforce, as `fixtures/examples/serve` runs them."""

import json
import subprocess

import urllib3
from server import binary

# A login that the fakes of Confluence know.
CONFLUENCE_LOGIN = {"username": "ann", "password": "token"}
CLOUD = "acme.atlassian.net"
DATA_CENTER = "wiki.example"

class Fakes:
    """All of them in one process; as a context they are ended."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [binary().parent / "examples/serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = json.loads(self.process.stdout.readline())
        self.ca_file = told["ca_file"]
        self.addresses = {
            host: address for address, hosts in told["hosts"].items() for host in hosts
        }
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)

    def config(self):
        """What a server needs to be told to find them, as a gateway would have it."""
        hosts = "".join(
            f'[connectors.network.hosts."{host}"]\naddress = "{address}"\n'
            for host, address in self.addresses.items()
        )
        return f'[connectors.network]\nallow = ["127.0.0.0/8"]\nca_file = "{self.ca_file}"\n{hosts}'

    def tell(self, server, do, **arguments):
        """A command to `cloud`, `data_center`, `graph` or `salesforce`; returns the answer."""
        self.process.stdin.write(json.dumps([server, {"do": do, **arguments}]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def be_found(self, monkeypatch):
        """Lets clients that use requests find the hosts, and nothing else, by their names."""
        connect = urllib3.util.connection.create_connection

        def connect_to_fakes(address, *arguments, **settings):
            place, port = self.addresses[address[0]].split(":")
            return connect((place, int(port)), *arguments, **settings)

        monkeypatch.setattr(urllib3.util.connection, "create_connection", connect_to_fakes)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", self.ca_file)
