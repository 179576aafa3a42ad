"""`python fake_stack.py DIRECTORY PORT…`: the real supervisor with small programs instead of the real servers."""

import asyncio
import os
import sys
from pathlib import Path

from local_stack.checkout import Checkout
from local_stack.output import Console, LogFile
from local_stack.plan import Plan
from local_stack.record import end_orphans, only_one
from local_stack.supervisor import Supervisor
from servicekit.testing.process import Probe, ServerSpec

PROGRAM = """
import http.server, os, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *args): pass
def stop(*_):
    with open(sys.argv[2], "a") as order:
        order.write(sys.argv[3] + "\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def spec(directory: Path, name: str, port: int) -> ServerSpec:
    url = f"http://127.0.0.1:{port}"
    argv = (sys.executable, "-c", PROGRAM, str(port), str(directory / "stopped"), name)
    return ServerSpec(name=name, argv=argv, url=url, ready=Probe(f"{url}/"))


def main() -> int:
    directory = Path(sys.argv[1])
    ports = [int(port) for port in sys.argv[2:]]
    checkout = Checkout(directory, directory)
    backing, service, gateway = (
        spec(directory, name, port) for name, port in zip(("mongo", "catalog", "gateway"), ports, strict=True)
    )
    plan = Plan(
        gateway=gateway.url,
        addresses={"mongo": backing.url, "oidc": "http://127.0.0.1:9"},
        given={"NATS_URL": os.environ["NATS_URL"]},
        backing=(backing,),
        applications=(service, gateway),
        provision_env={},
        pages={"Marktplatz": gateway.url},
    )
    with only_one(checkout) as alone:
        if not alone:
            return 4
        for name in end_orphans(checkout):
            print(f"ended {name}", flush=True)
        console = Console(LogFile(checkout.log("supervisor")))
        return asyncio.run(Supervisor(checkout, plan, console, demo=False).run())


if __name__ == "__main__":
    sys.exit(main())
