"""The Kubernetes manifests: they are valid, consistent, and do what their README says."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from tests.conftest import VARIANTS
from tests.test_delivery import compose, final_stage, seconds_to_stop
from tests.variants import TEXTS, Answers

if TYPE_CHECKING:
    from tests.conftest import Render

Manifest = dict[str, Any]

ON_KUBERNETES: dict[str, Answers] = {
    name: answers for name, answers in VARIANTS.items() if answers.get("kubernetes")
} | {"kubernetes": {"kubernetes": True}, "kubernetes-long": TEXTS["long"] | {"kubernetes": True}}
OVERLAYS = ("staging", "production")
# The oldest version in the README, and the newest one that the checker supports.
VERSIONS = ("1.30", kubernetes_validate.latest_version())
NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1035, as for services
CONNECTIONS = 100 - 3  # PostgreSQL's default, without the connections reserved for superusers


@pytest.fixture(scope="session", params=ON_KUBERNETES)
def folder(request: pytest.FixtureRequest, render: Render) -> Path:
    """A project with manifests."""
    return render(**ON_KUBERNETES[request.param])


@pytest.fixture(scope="session", params=OVERLAYS)
def manifests(request: pytest.FixtureRequest, folder: Path) -> list[Manifest]:
    """The manifests of an overlay, as kustomize builds them."""
    return build(folder / "deploy" / "kubernetes" / "overlays" / request.param)


def build(overlay: Path) -> list[Manifest]:
    tools = {"kustomize": ["kustomize", "build"], "kubectl": ["kubectl", "kustomize"]}
    command = next((words for tool, words in tools.items() if shutil.which(tool)), None)
    if command is None:
        pytest.skip("neither kustomize nor kubectl is here to build the overlays")
    ended = subprocess.run([*command, overlay], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return list(yaml.safe_load_all(ended.stdout))


def base(folder: Path) -> dict[str, Manifest]:
    """The manifests of the base, by kind."""
    files = (folder / "deploy" / "kubernetes" / "base").glob("*.yaml")
    found = [yaml.safe_load(file.read_text()) for file in files]
    return {manifest["kind"]: manifest for manifest in found}


def pod(manifest: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = manifest["spec"]["template"]["spec"]
    return spec


def container(manifest: Manifest) -> dict[str, Any]:
    (only,) = pod(manifest)["containers"]
    return dict(only)


def pods_labels(manifest: Manifest) -> dict[str, str]:
    labels: dict[str, str] = manifest["spec"]["template"]["metadata"]["labels"]
    return labels


def with_pods(folder: Path) -> list[Manifest]:
    return [base(folder)["Deployment"], base(folder)["Job"]]


# Validity


def test_each_file_of_the_base_fits_the_schema_of_its_kind(folder: Path) -> None:
    manifests = [m for kind, m in base(folder).items() if kind != "Kustomization"]

    assert len(manifests) == 7
    for manifest, version in itertools.product(manifests, VERSIONS):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schema_check_bites(folder: Path) -> None:
    deployment = base(folder)["Deployment"]
    pod(deployment)["terminationGracePeriod"] = 30

    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGracePeriod"):
        kubernetes_validate.validate(deployment, VERSIONS[0], strict=True)


def test_what_kustomize_builds_fits_the_schemas_too(manifests: list[Manifest]) -> None:
    for manifest, version in itertools.product(manifests, VERSIONS):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_names_are_of_a_length_that_kubernetes_takes(manifests: list[Manifest]) -> None:
    for manifest in manifests:
        assert NAME.fullmatch(manifest["metadata"]["name"])
        assert NAME.fullmatch(manifest["metadata"]["namespace"])


def test_every_file_is_used(folder: Path) -> None:
    files = folder / "deploy" / "kubernetes" / "base"

    resources = yaml.safe_load((files / "kustomization.yaml").read_text())["resources"]

    assert sorted([*resources, "kustomization.yaml"]) == sorted(f.name for f in files.iterdir())


# Consistency


def test_an_overlay_names_image_namespace_and_settings(manifests: list[Manifest]) -> None:
    kinds = {manifest["kind"]: manifest for manifest in manifests}
    settings = kinds["ConfigMap"]["metadata"]["name"]

    assert re.search(r"-[a-z0-9]{10}$", settings), "a changed setting is a roll-out"
    assert container(kinds["Deployment"])["envFrom"] == [{"configMapRef": {"name": settings}}]
    assert len({m["metadata"]["namespace"] for m in manifests}) == 1
    images = {container(kinds[kind])["image"] for kind in ("Deployment", "Job")}
    assert len(images) == 1
    assert re.fullmatch(r"registry\.example\.org/[a-z0-9-]+:0\.1\.0", images.pop())


def test_whatever_selects_pods_selects_those_of_the_service_only(folder: Path) -> None:
    kinds = base(folder)
    labels = pods_labels(kinds["Deployment"])
    spread = [s["labelSelector"] for s in pod(kinds["Deployment"])["topologySpreadConstraints"]]

    selectors = [
        kinds["Deployment"]["spec"]["selector"]["matchLabels"],
        kinds["Service"]["spec"]["selector"],
        kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        *(selector["matchLabels"] for selector in spread),
    ]

    assert selectors == [labels] * len(selectors)
    assert pods_labels(kinds["Job"]) != labels


def test_what_is_named_exists(folder: Path) -> None:
    kinds = base(folder)
    target = kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    (settings,) = kinds["Kustomization"]["configMapGenerator"]

    assert target["name"] == kinds["Deployment"]["metadata"]["name"]
    assert container(kinds["Deployment"])["envFrom"] == [
        {"configMapRef": {"name": settings["name"]}}
    ]
    for manifest in with_pods(folder):
        assert pod(manifest)["serviceAccountName"] == kinds["ServiceAccount"]["metadata"]["name"]
        volumes = {volume["name"] for volume in pod(manifest)["volumes"]}
        assert {mount["name"] for mount in container(manifest)["volumeMounts"]} == volumes


def test_ports_are_those_of_the_image(folder: Path) -> None:
    kinds = base(folder)
    exposed = int(final_stage(folder)["EXPOSE"])

    assert container(kinds["Deployment"])["ports"] == [{"name": "http", "containerPort": exposed}]
    assert kinds["Service"]["spec"]["ports"][0]["targetPort"] == "http"
    assert kinds["NetworkPolicy"]["spec"]["ingress"] == [
        {"ports": [{"port": exposed, "protocol": "TCP"}]}
    ]


def test_that_addresses_are_not_limited_is_said_with_what_to_do(folder: Path) -> None:
    policy = folder / "deploy/kubernetes/base/network-policy.yaml"
    page = (folder / "deploy/kubernetes/README.md").read_text()
    patch = re.search(r"^ *- (\{op: add, path: /spec/egress/1/.*\})$", page, re.M)

    ports = [p["port"] for p in base(folder)["NetworkPolicy"]["spec"]["egress"][1]["ports"]]
    assert "at any address" in policy.read_text()
    assert patch
    assert yaml.safe_load(patch[1])["value"] == [{"ipBlock": {"cidr": "10.1.2.0/24"}}]
    assert 5432 in ports


def test_the_network_policy_covers_every_pod(folder: Path) -> None:
    selector = base(folder)["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]

    for manifest in with_pods(folder):
        assert selector.items() <= pods_labels(manifest).items()


# Settings and resources


def required_settings(folder: Path) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (folder / ".env.example").read_text(), re.M))


def settings_of_overlays(folder: Path) -> set[str]:
    """The settings that each overlay defines outside of secrets."""
    of_each = []
    for overlay in OVERLAYS:
        file = folder / "deploy" / "kubernetes" / "overlays" / overlay / "kustomization.yaml"
        maps = yaml.safe_load(file.read_text()).get("configMapGenerator", [])
        of_each.append({line.partition("=")[0] for each in maps for line in each["literals"]})
    return set.intersection(*of_each)


def test_secrets_come_by_reference_and_are_all_that_is_required(folder: Path) -> None:
    required = required_settings(folder) - settings_of_overlays(folder)
    if "JWT_SECRET" in required:
        required |= {"JWT_PRIVATE_KEY", "JWT_SECOND_KEY"}  # alternatives to the secret
    deployment, job = with_pods(folder)

    for manifest, names in ((deployment, required), (job, {"DATABASE_URL"})):
        environment = container(manifest)["env"]
        references = [variable["valueFrom"]["secretKeyRef"] for variable in environment]
        assert [variable["name"] for variable in environment] == [r["key"] for r in references]
        assert {r["key"] for r in references} == names
        assert {r["name"] for r in references} == {manifest["metadata"]["name"]}
        assert not any("value" in variable for variable in environment)
        optional = {r["key"] for r in references if r.get("optional")}
        assert all(name.startswith("JWT_") for name in optional)


def test_no_manifest_is_a_secret_and_no_setting_is_one(manifests: list[Manifest]) -> None:
    settings = [m["data"] for m in manifests if m["kind"] == "ConfigMap"]

    assert "Secret" not in {manifest["kind"] for manifest in manifests}
    assert not [
        name for data in settings for name in data if re.search("SECRET|PASSWORD|TOKEN|URL", name)
    ]


def test_every_setting_is_one_that_the_service_has(manifests: list[Manifest], folder: Path) -> None:
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", (folder / ".env.example").read_text(), re.M))

    for manifest in manifests:
        if manifest["kind"] == "ConfigMap":
            assert set(manifest["data"]) <= known


def test_probes_ask_what_the_service_answers(folder: Path) -> None:
    source = (folder / "src" / "presentation" / "routers" / "health.py").read_text()
    prefix = re.search(r'prefix="([^"]+)"', source)
    assert prefix
    routes = {prefix[1] + path for path in re.findall(r'@router\.get\("([^"]+)"', source)}
    asked = container(base(folder)["Deployment"])

    probes = {
        name: asked[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")
    }

    assert {probe["path"] for probe in probes.values()} == routes
    assert probes["readiness"]["path"].endswith("/ready")
    assert probes["liveness"]["path"].endswith("/live"), "a database that is down kills no pod"
    assert {probe["port"] for probe in probes.values()} == {"http"}


def test_the_readiness_probe_waits_longer_than_the_service_does(folder: Path) -> None:
    example = (folder / ".env.example").read_text()
    limit = re.search(r"READINESS_TIMEOUT=([\d.]+)", example)
    probe = container(base(folder)["Deployment"])["readinessProbe"]

    assert limit
    assert probe["timeoutSeconds"] > float(limit[1])
    assert probe["periodSeconds"] >= probe["timeoutSeconds"]


def test_a_pod_has_the_time_to_end_that_it_takes(folder: Path) -> None:
    deployment = base(folder)["Deployment"]
    pause = container(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert pod(deployment)["terminationGracePeriodSeconds"] > pause + seconds_to_stop(folder)


def test_the_job_runs_what_compose_runs_and_never_twice(folder: Path) -> None:
    job = base(folder)["Job"]

    assert container(job)["args"] == compose(folder)["services"]["migrations"]["command"]
    assert pod(job)["restartPolicy"] == "Never"
    assert job["spec"]["backoffLimit"] == 0


def test_the_job_may_live_longer_than_migrations_try(folder: Path) -> None:
    patience = re.search(r"MIGRATION_PATIENCE=([\d.]+)", (folder / ".env.example").read_text())

    assert patience
    assert base(folder)["Job"]["spec"]["activeDeadlineSeconds"] >= 2 * float(patience[1])


def test_all_threads_may_hash_at_once_without_running_out_of_memory(folder: Path) -> None:
    hash_kib = re.search(r"ARGON2_MEMORY_KIB=(\d+)", (folder / ".env.example").read_text())
    threads = 32  # the maximum of asyncio.to_thread
    process = 105  # MiB, measured
    limit = container(base(folder)["Deployment"])["resources"]["limits"]["memory"]

    needed = process + threads * (int(hash_kib[1]) / 1024 if hash_kib else 0)

    assert needed < int(limit.removesuffix("Mi"))


# Privileges


def test_pods_are_restricted_as_the_strictest_standard_asks(folder: Path) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    for manifest in with_pods(folder):
        assert pod(manifest)["securityContext"]["runAsNonRoot"] is True
        assert pod(manifest)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container(manifest)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {key for volume in pod(manifest)["volumes"] for key in volume} == {
            "name",
            "emptyDir",
        }
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod(manifest).keys()


def test_pods_run_as_the_images_user(folder: Path) -> None:
    user = final_stage(folder)["USER"]

    for manifest in with_pods(folder):
        context = pod(manifest)["securityContext"]
        assert f"{context['runAsUser']}:{context['runAsGroup']}" == user


def test_no_pod_holds_a_token_of_the_cluster(folder: Path) -> None:
    assert base(folder)["ServiceAccount"]["automountServiceAccountToken"] is False
    for manifest in with_pods(folder):
        assert pod(manifest)["automountServiceAccountToken"] is False


# Number of pods


def test_the_service_is_never_without_a_pod(manifests: list[Manifest]) -> None:
    kinds = {manifest["kind"]: manifest for manifest in manifests}
    rollout = kinds["Deployment"]["spec"]["strategy"]["rollingUpdate"]
    is_production = kinds["Deployment"]["metadata"]["namespace"].endswith("-production")

    assert rollout == {"maxSurge": 1, "maxUnavailable": 0}
    assert kinds["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1
    assert kinds["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 1 + is_production
    assert "replicas" not in kinds["Deployment"]["spec"], "it would undo what the autoscaler did"


def test_all_pods_together_leave_connections_to_others(manifests: list[Manifest]) -> None:
    kinds = {manifest["kind"]: manifest for manifest in manifests}
    pods = kinds["HorizontalPodAutoscaler"]["spec"]["maxReplicas"]
    surge = kinds["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxSurge"]

    connections = (pods + surge) * int(kinds["ConfigMap"]["data"]["DATABASE_POOL_SIZE"])

    assert connections <= CONNECTIONS * 0.75


# Releases


@pytest.fixture
def kubectl(tmp_path: Path) -> Path:
    """A fake `kubectl` that records its arguments, and fails for those in the file `refused`."""
    tool = tmp_path / "kubectl"
    tool.write_text(
        '#!/bin/sh\ncd "$(dirname "$0")"\necho "$@" >> asked\n! grep -qxF "$1" refused 2>/dev/null\n'
    )
    tool.chmod(0o755)
    return tool


def deploy(folder: Path, kubectl: Path) -> tuple[int, list[str]]:
    """Run the recipe, and return its result and the recorded `kubectl` commands."""
    ended = subprocess.run(
        ["just", "deploy", "staging"],
        cwd=folder,
        env=os.environ | {"PATH": f"{kubectl.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, (kubectl.parent / "asked").read_text().splitlines()


def test_a_release_migrates_before_it_rolls_out(render: Render, kubectl: Path) -> None:
    outcome, asked = deploy(render(kubernetes=True), kubectl)

    verbs = [line.split()[0] for line in asked]
    assert outcome == 0
    assert verbs == ["delete", "apply", "logs", "wait", "apply", "rollout"]
    assert asked[1].endswith("--selector app.kubernetes.io/component!=service")
    assert "--selector" not in asked[4]


def test_a_release_whose_migration_fails_rolls_nothing_out(render: Render, kubectl: Path) -> None:
    (kubectl.parent / "refused").write_text("wait\n")

    outcome, asked = deploy(render(kubernetes=True), kubectl)

    assert outcome != 0
    assert [line.split()[0] for line in asked] == ["delete", "apply", "logs", "wait"]


def test_what_is_applied_first_is_all_that_the_migration_needs(folder: Path) -> None:
    first = {
        kind
        for kind, manifest in base(folder).items()
        if manifest.get("metadata", {}).get("labels", {}).get("app.kubernetes.io/component")
        != "service"
    }

    assert first - {"Kustomization"} == {"Job", "ServiceAccount", "NetworkPolicy"}


def test_nothing_is_rendered_where_it_was_not_asked_for(render: Render) -> None:
    folder = render()

    mentions = [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file()
        and file.name != ".copier-answers.yml"
        and re.search("kubernetes|kubectl|kustomiz", f"{file}\n{file.read_text()}", re.I)
    ]

    assert not (folder / "deploy").exists()
    assert mentions == []
