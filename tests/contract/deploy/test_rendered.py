"""The rendered manifests fit the code: commands, settings, consumers, routes; and every pod is hardened."""

import re

import pytest
from checkup.settings import CheckupSettings
from contracts import topology

from .manifests import (
    APPLICATIONS,
    DEV,
    K8S,
    ROOT,
    SERVICES,
    Object,
    label,
    named,
    of_kind,
    ours,
    pod,
    rendered,
    renderer,
    scripts,
    settings_names,
)

pytestmark = pytest.mark.skipif(
    renderer() is None,
    reason="neither kubectl nor kustomize is on this machine: manifests are only loaded, not rendered",
)

WRITABLE_ROOT = {"opensearch"}
"""OpenSearch writes a key store into its configuration folder; a server for development."""
CHECKUP = CheckupSettings.model_construct()
PRIVATE = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10"}


@pytest.fixture(scope="module")
def dev() -> tuple[Object, ...]:
    return rendered(DEV)


def container(workload: Object) -> Object:
    (only,) = pod(workload)["containers"]
    found: Object = only
    return found


def environment(workload: Object, objects: tuple[Object, ...]) -> dict[str, dict[str, str]]:
    """What a container finds in its environment, by where it comes from: `own`, `config`, `secret`."""
    found: dict[str, dict[str, str]] = {"own": {}, "config": {}, "secret": {}}
    for entry in container(workload).get("env", []):
        found["own"][entry["name"]] = entry["value"]
    for source in container(workload)["envFrom"]:
        if "configMapRef" in source:
            found["config"] |= named(objects, "ConfigMap", source["configMapRef"]["name"])["data"]
        else:
            found["secret"] |= named(objects, "Secret", source["secretRef"]["name"])["data"]
    return found


def test_the_base_renders_alone_and_only_names_secrets() -> None:
    base = rendered(K8S / "base")
    assert of_kind(base, "Secret") == []
    asked = {s["secretRef"]["name"] for each in ours(base) for s in container(each)["envFrom"] if "secretRef" in s}
    assert asked == {"marktplatz-provision", *(f"marktplatz-{name}" for name in APPLICATIONS)}
    readme = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
    assert all(name.removeprefix("marktplatz") in readme for name in asked)


def test_everything_is_deployed(dev: tuple[Object, ...]) -> None:
    names = {each["metadata"]["name"] for each in ours(dev)}
    assert names == {"web", "provision", *(f"{name}-{part}" for name in SERVICES for part in ("api", "worker"))}
    assert {each["metadata"]["namespace"] for each in ours(dev)} == {"marktplatz-dev"}


def test_every_command_exists_in_its_image(dev: tuple[Object, ...]) -> None:
    for workload in ours(dev):
        command, *mode = container(workload)["args"]
        application = container(workload)["image"].partition(":")[0].removeprefix("marktplatz-")
        assert command in scripts(application), workload["metadata"]["name"]
        component = label(workload, "component")
        assert mode == ([component] if component in ("api", "worker") else [])


def test_every_setting_exists_in_the_code(dev: tuple[Object, ...]) -> None:
    known = {name: settings_names(name) for name in APPLICATIONS}
    for workload in ours(dev):
        found = environment(workload, dev)
        name = label(workload, "name")
        read = known[name if name in known else "catalog"]
        assert found["own"].keys() | found["secret"].keys() <= read, name
        assert found["config"].keys() <= frozenset().union(*known.values())


def test_nats_users_are_those_of_the_topology(dev: tuple[Object, ...]) -> None:
    users = {user.name for user in topology.PERMISSIONS}
    for workload in ours(dev):
        name = label(workload, "name")
        if name != "web":
            expected = "operator" if name == "provision" else name
            assert environment(workload, dev)["own"]["NATS_USER"] == expected
            assert expected in users
    passwords = named(dev, "Secret", "nats-passwords")["data"]
    assert passwords.keys() == {f"NATS_PASSWORD_{user.upper()}" for user in users}


def test_every_pod_is_hardened(dev: tuple[Object, ...]) -> None:
    for workload in (*of_kind(dev, "Deployment"), *of_kind(dev, "Job")):
        name, spec = workload["metadata"]["name"], pod(workload)
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for each in spec["containers"]:
            context = each["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert context["readOnlyRootFilesystem"] is (name not in WRITABLE_ROOT), name
            assert {"cpu", "memory"} <= each["resources"]["requests"].keys() & each["resources"]["limits"].keys(), name
        if label(workload, "part-of") == "marktplatz":
            mounts = {mount["mountPath"]: mount["name"] for mount in container(workload)["volumeMounts"]}
            volumes = {volume["name"]: volume for volume in spec["volumes"]}
            assert "sizeLimit" in volumes[mounts["/tmp"]]["emptyDir"], name


def test_probes_ask_for_life_and_readiness(dev: tuple[Object, ...]) -> None:
    for workload in ours(dev):
        if workload["kind"] == "Job":
            continue
        found = container(workload)
        assert found["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
        assert found["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "http"}
        assert [port["containerPort"] for port in found["ports"] if port["name"] == "http"] == [8000]
        assert environment(workload, dev)["config"]["PORT"] == "8000"


def test_work_that_was_begun_can_be_finished(dev: tuple[Object, ...]) -> None:
    for workload in ours(dev):
        if workload["kind"] == "Job":
            continue
        found = environment(workload, dev)
        shutdown = int(found["own"].get("SHUTDOWN_SECONDS", found["config"]["SHUTDOWN_SECONDS"]))
        assert pod(workload)["terminationGracePeriodSeconds"] >= shutdown + 10
        if label(workload, "name") == "checkup" and label(workload, "component") == "worker":
            assert shutdown > CHECKUP.checkup_fetch_seconds + CHECKUP.checkup_analysis_seconds


def test_pods_are_spread_and_not_all_evicted_at_once(dev: tuple[Object, ...]) -> None:
    budgets = {each["metadata"]["name"]: each["spec"] for each in of_kind(dev, "PodDisruptionBudget")}
    for workload in ours(dev):
        if workload["kind"] == "Job":
            continue
        selector = workload["spec"]["selector"]["matchLabels"]
        budget = budgets[workload["metadata"]["name"]]
        assert budget["selector"]["matchLabels"] == selector
        assert budget["maxUnavailable"] == 1
        (spread,) = pod(workload)["topologySpreadConstraints"]
        assert spread["labelSelector"]["matchLabels"] == selector


def test_services_reach_the_pods_that_answer(dev: tuple[Object, ...]) -> None:
    for name in APPLICATIONS:
        component = "web" if name == "web" else "api"
        selector = named(dev, "Service", name)["spec"]["selector"]
        assert selector == {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}
        deployment = named(dev, "Deployment", name if name == "web" else f"{name}-api")
        assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_checkup_workers_scale_by_a_consumer_that_exists(dev: tuple[Object, ...]) -> None:
    (scaled,) = of_kind(dev, "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    consumer = topology.consumer(trigger["metadata"]["consumer"])
    assert trigger["type"] == "nats-jetstream"
    assert trigger["metadata"]["account"] == topology.MAIN_ACCOUNT
    assert trigger["metadata"]["stream"] == consumer.stream
    assert consumer.service == "checkup"
    assert consumer.stream in {stream.name for stream in topology.STREAMS if stream.work_queue}
    target = named(dev, "Deployment", scaled["spec"]["scaleTargetRef"]["name"])
    assert "replicas" not in target["spec"]
    assert scaled["spec"]["minReplicaCount"] == 1  # the same worker carries out the policies
    assert scaled["spec"]["maxReplicaCount"] * int(trigger["metadata"]["lagThreshold"]) <= consumer.max_ack_pending
    assert scaled["spec"]["cooldownPeriod"] >= pod(target)["terminationGracePeriodSeconds"]
    host, _, port = trigger["metadata"]["natsServerMonitoringEndpoint"].partition(":")
    nats = named(dev, "Service", host.partition(".")[0])
    assert int(port) in [each["port"] for each in nats["spec"]["ports"]]


def routes(objects: tuple[Object, ...]) -> dict[str, list[tuple[set[str], Object]]]:
    """The rules of each route: which prefixes they match, and the rule."""
    return {
        each["metadata"]["name"]: [
            ({match["path"]["value"] for match in rule["matches"]}, rule) for rule in each["spec"]["rules"]
        ]
        for each in of_kind(objects, "HTTPRoute")
    }


def rewrite(rule: Object) -> Object | None:
    return next((f["urlRewrite"]["path"] for f in rule["filters"] if f["type"] == "URLRewrite"), None)


def test_routes_are_those_of_the_local_gateway(dev: tuple[Object, ...]) -> None:
    caddyfile = (ROOT / "deploy/gateway/Caddyfile").read_text(encoding="utf-8")
    assert set(re.findall(r"import service (\w+)", caddyfile)) == set(SERVICES)
    found = routes(dev)
    assert found.keys() == set(APPLICATIONS)
    for name in SERVICES:
        _, (prefixes, rule), *_ = found[name]
        assert prefixes == {f"/api/{name}"}
        assert rewrite(rule) == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
        assert rule["backendRefs"] == [{"name": name, "port": 8000}]
    prefixes, rule = found["web"][1]
    assert (prefixes, rewrite(rule)) == ({"/"}, None)
    prefixes, rule = found["catalog"][2]
    nice = re.search(r"@open_data path (.*)", caddyfile)
    assert nice is not None
    assert prefixes == {path for path in nice[1].split() if not path.endswith("/*")}
    assert (rewrite(rule), rule["backendRefs"]) == (None, [{"name": "catalog", "port": 8000}])


def test_metrics_and_health_are_not_exposed(dev: tuple[Object, ...]) -> None:
    for name, ((prefixes, rule), *_) in routes(dev).items():
        start = "" if name == "web" else f"/api/{name}"
        assert {f"{start}/metrics", f"{start}/health"} <= prefixes
        assert rewrite(rule) == {"type": "ReplaceFullPath", "replaceFullPath": "/not-exposed"}


def test_answers_carry_the_headers_of_the_local_gateway(dev: tuple[Object, ...]) -> None:
    caddyfile = (ROOT / "deploy/gateway/Caddyfile").read_text(encoding="utf-8")
    block = re.search(r"\n\theader \{\n(.*?)\n\t\}", caddyfile, re.DOTALL)
    assert block is not None
    always = dict(re.findall(r'^\t\t([A-Z][\w-]+) "?(.*?)"?$', block[1], re.MULTILINE))
    for rule in (rule for _, *public in routes(dev).values() for _, rule in public):
        (headers,) = (f["responseHeaderModifier"] for f in rule["filters"] if f["type"] == "ResponseHeaderModifier")
        assert {each["name"]: each["value"] for each in headers["set"]} == always


def test_nothing_may_talk_unless_it_is_listed(dev: tuple[Object, ...]) -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind(dev, "NetworkPolicy")}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies.items():
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for rule in spec.get(direction, []):
                assert rule.get(peers), f"{name} allows {direction} from and to everywhere"


def test_repositories_are_fetched_from_the_public_internet_only(dev: tuple[Object, ...]) -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind(dev, "NetworkPolicy")}
    internet = {
        name
        for name, spec in policies.items()
        for rule in spec.get("egress", [])
        for peer in rule["to"]
        if "ipBlock" in peer
    }
    assert internet == {"checkup-to-internet", "to-login"}
    (rule,) = policies["checkup-to-internet"]["egress"]
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]
    v4 = next(peer["ipBlock"] for peer in rule["to"] if peer["ipBlock"]["cidr"] == "0.0.0.0/0")
    assert set(v4["except"]) >= PRIVATE
    selected = policies["checkup-to-internet"]["podSelector"]["matchLabels"]
    worker = named(dev, "Deployment", "checkup-worker")["spec"]["template"]["metadata"]["labels"]
    assert selected.items() <= worker.items()
