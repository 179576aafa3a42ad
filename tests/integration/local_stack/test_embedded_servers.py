"""The embedded servers do what the tests and the local stack rely on."""

import base64
import json
import os
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import nats
import psutil
from pymongo import AsyncMongoClient
from servicekit.testing import embedded, wait
from servicekit.testing.process import RunningServer, free_ports
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer, SearchServer, SmtpServer


async def test_nats_offers_jetstream(nats_server: NatsServer) -> None:
    client = await nats.connect(nats_server.url)
    info = await client.jetstream().account_info()
    await client.close()
    assert info.limits is not None


async def test_nats_keeps_messages_over_kill_9(tmp_path: Path) -> None:
    port, monitor_port = free_ports(2)
    server = RunningServer(embedded.nats(tmp_path, port=port, monitor_port=monitor_port), tmp_path / "nats.log")
    with server:
        client = await nats.connect(server.url, allow_reconnect=False)
        await client.jetstream().add_stream(name="S", subjects=["s.>"])
        await client.jetstream().publish("s.a", b"kept")
        server.kill()
        server.start()
        client = await nats.connect(server.url)
        assert (await client.jetstream().get_msg("S", seq=1)).data == b"kept"
        await client.close()


async def test_each_test_has_a_database_of_its_own(mongo_server: MongoServer, mongo_database: str) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(mongo_server.url)
    database = client[mongo_database]
    assert await database.list_collection_names() == []
    await database["things"].insert_one({"_id": "a", "version": 1})
    await database["things"].update_one({"_id": "a", "version": 1}, {"$inc": {"version": 1}})
    assert await database["things"].find_one({"_id": "a"}) == {"_id": "a", "version": 2}
    await client.close()


async def test_search_indexes_and_finds(search_server: SearchServer) -> None:
    async with httpx.AsyncClient(base_url=search_server.url) as client:
        await client.put("/embedded-test/_doc/1", json={"name": "Dorfladen"}, params={"refresh": "true"})
        found = (await client.get("/embedded-test/_search", params={"q": "name:dorfladen"})).json()
        await client.delete("/embedded-test")
    assert found["hits"]["total"]["value"] == 1


def test_a_token_carries_the_claims_and_is_signed_by_the_provider(oidc_server: OidcServer) -> None:
    token = oidc_server.token_for("someone", name="Erika Muster", roles=("reviewer",))
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in token.split(".")[:2])
    keys = httpx.get(f"{oidc_server.issuer}/jwks").json()["keys"]
    assert header["alg"] == "RS256"
    assert header.get("kid") in {None, *(key["kid"] for key in keys)}
    audience = payload["aud"] if isinstance(payload["aud"], list) else [payload["aud"]]
    assert (payload["iss"], payload["sub"], audience) == (oidc_server.issuer, "someone", ["marktplatz"])
    assert (payload["name"], payload["email"]) == ("Erika Muster", "someone@example.org")
    assert payload["roles"] == ["reviewer"]


async def test_tokens_stay_valid_when_the_provider_restarts(tmp_path: Path) -> None:
    with RunningServer(embedded.oidc(tmp_path, port=free_ports(1)[0]), tmp_path / "oidc.log") as server:
        before = httpx.get(f"{server.url}/jwks").json()
        server.restart()
        assert httpx.get(f"{server.url}/jwks").json() == before


def test_the_provider_refuses_production(tmp_path: Path) -> None:
    spec = embedded.oidc(tmp_path, port=free_ports(1)[0])
    done = subprocess.run(
        spec.argv, env={**os.environ, "ENV": "production"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "it is for development, and ENV is production" in done.stderr


async def test_a_mail_can_be_read_as_json_and_on_the_page(smtp_server: SmtpServer) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "marktplatz@example.org", "erika@example.org", "Prüfung <fertig>"
    mail.set_content("Grüße")
    port = int(smtp_server.url.rsplit(":", 1)[1])
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=port)
    (found,) = smtp_server.messages(to="erika@example.org")
    assert (found["subject"], found["text"]) == ("Prüfung <fertig>", "Grüße\n")
    page = httpx.get(f"{smtp_server.page_url}/mails/{found['id']}").text
    assert "Prüfung &lt;fertig&gt;" in page
    smtp_server.clear()
    assert smtp_server.messages() == []


async def test_servers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from servicekit.testing import embedded\nfrom servicekit.testing.process import RunningServer, free_ports\n"
        "port, monitor = free_ports(2)\n"
        "here = Path(sys.argv[1])\n"
        "server = RunningServer(embedded.nats(here, port=port, monitor_port=monitor), here / 'log')\n"
        "server.start()\nprint(server.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    await wait.until(lambda: not psutil.pid_exists(child), message="the orphan to be gone")
