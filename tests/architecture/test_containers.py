"""The image and the compose file, read as their tools would read them."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from dockerfile_parse import DockerfileParser

from tallymark.cli import main
from tallymark.jobs.weights import HEAVY

Instruction = dict[str, Any]


@pytest.fixture(scope="module")
def stages(root: Path) -> list[list[Instruction]]:
    """The instructions of the Dockerfile, one list for each stage."""
    parser = DockerfileParser(path=str(root / "Dockerfile"))
    found: list[list[Instruction]] = []
    for instruction in parser.structure:
        if instruction["instruction"] == "FROM":
            found.append([])
        if instruction["instruction"] != "COMMENT":
            found[-1].append(instruction)
    return found


@pytest.fixture(scope="module")
def compose_text(root: Path) -> str:
    return (root / "compose.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def services(compose_text: str) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = yaml.safe_load(compose_text)["services"]
    return table


def values(stage: list[Instruction], name: str) -> list[str]:
    return [instruction["value"] for instruction in stage if instruction["instruction"] == name]


def test_the_image_has_a_build_stage_that_is_left_behind(stages: list[list[Instruction]]) -> None:
    assert [values(stage, "FROM")[0].split(" AS ")[1] for stage in stages] == ["build", "runtime"]
    assert any(value.startswith("--from=build ") for value in values(stages[-1], "COPY"))


def test_base_images_are_named_by_version(stages: list[list[Instruction]], services: dict[str, Any]) -> None:
    images = [values(stage, "FROM")[0].split()[0] for stage in stages]
    images += [service["image"] for service in services.values()]
    for image in images:
        _, _, tag = image.partition(":")
        assert re.match(r"\d", tag), image


def test_the_image_installs_hashed_pins_and_wheels(stages: list[list[Instruction]]) -> None:
    build = "\n".join(values(stages[0], "RUN"))
    for install in re.findall(r"pip install [^&]*", build):
        assert "--require-hashes" in install or "--no-deps --no-index /wheels" in install, install
    assert re.search(r"pip wheel --no-deps --no-build-isolation .*sdk .*core \.", build)
    assert not re.search(r"(-e|--editable)\s", build)
    assert not any("pip" in value for value in values(stages[-1], "RUN"))


def test_the_image_copies_only_what_is_there(root: Path, stages: list[list[Instruction]]) -> None:
    ignored = (root / ".dockerignore").read_text("utf-8").splitlines()
    for value in (value for stage in stages for value in values(stage, "COPY")):
        if value.startswith("--from="):
            continue
        for source in value.split()[:-1]:
            assert (root / source).exists(), source
            assert f"!{source.rstrip('/')}" in ignored, source


def test_the_image_runs_as_nobody_in_particular(stages: list[list[Instruction]]) -> None:
    runtime = stages[-1]
    assert values(runtime, "USER") == ["tallymark"]
    names = [instruction["instruction"] for instruction in runtime]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in {"RUN", "COPY"})


def test_the_image_can_tell_that_it_works(stages: list[list[Instruction]]) -> None:
    (check,) = values(stages[-1], "HEALTHCHECK")
    command = json.loads(check.partition(" CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/healthz" in command[2]
    assert json.loads(values(stages[-1], "ENTRYPOINT")[0]) == ["tallymark"]


def test_the_image_has_what_weasyprint_loads(stages: list[list[Instruction]]) -> None:
    packages = "\n".join(values(stages[-1], "RUN"))
    for library in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert library in packages


def test_compose_has_every_part(services: dict[str, Any]) -> None:
    assert set(services) == {
        *("web", "worker", "worker-heavy", "dispatcher"),
        *("migrate", "postgres", "redis"),
    }
    for name in ("web", "worker", "worker-heavy", "dispatcher", "migrate"):
        assert services[name]["build"]["target"] == "runtime"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_commands_exist(services: dict[str, Any]) -> None:
    assert services["web"]["command"] == ["serve"]
    for name in ("web", "worker", "worker-heavy", "dispatcher"):
        command = services[name]["command"][0]
        assert main.get_command(click.Context(main), command) is not None, command
    assert services["worker-heavy"]["command"][1:] == ["--class", HEAVY], "whom the dispatcher looks for"


def test_redis_keeps_what_it_was_told(compose_text: str, services: dict[str, Any]) -> None:
    (mounted,) = services["redis"]["configs"]
    assert services["redis"]["command"] == ["redis-server", mounted["target"]]
    settings = dict(
        line.split(" ", 1)
        for line in yaml.safe_load(compose_text)["configs"]["redis"]["content"].splitlines()
    )
    assert settings["appendonly"] == "yes"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["requirepass"].startswith("${REDIS_PASSWORD:?")
    assert "redis:/data" in services["redis"]["volumes"]


def test_postgres_keeps_its_data_on_a_volume(services: dict[str, Any]) -> None:
    assert services["postgres"]["image"].startswith("postgres:18")
    assert "postgres:/var/lib/postgresql" in services["postgres"]["volumes"]


def test_no_secret_has_a_default(compose_text: str, services: dict[str, Any]) -> None:
    uses = re.findall(r"\$\{([A-Z_]+)([^}]*)\}", compose_text)
    assert {"TALLYMARK_SECRET_KEY", "APP_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD"} <= {
        n for n, _ in uses
    }
    assert [name for name, rest in uses if not rest.startswith(":?")] == []
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|AUTH|_URL", variable):
                assert value is None or "${" in value, f"{name}: {variable}"  # without one: the machine's own


def test_only_the_migration_holds_the_high_keys(services: dict[str, Any]) -> None:
    high = {"TALLYMARK_OWNER_DATABASE_URL", "TALLYMARK_ADMIN_DATABASE_URL"}
    assert {name for name, service in services.items() if high & set(service["environment"])} == {"migrate"}
    for name in ("web", "worker", "worker-heavy", "dispatcher"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"]["redis"] == {"condition": "service_healthy"}
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_only_the_web_has_a_port_and_the_stores_are_inside(
    compose_text: str, services: dict[str, Any]
) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert yaml.safe_load(compose_text)["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert services[name]["networks"] == ["inside"]
        assert services[name]["healthcheck"]["test"]


def test_the_code_knows_each_setting(
    stages: list[list[Instruction]], services: dict[str, Any], modules: list[Path]
) -> None:
    given = {name for service in services.values() for name in service.get("environment", {})}
    given |= set(re.findall(r"(\w+)=", "\n".join(values(stages[-1], "ENV"))))
    code = "\n".join(path.read_text("utf-8") for path in modules if "tests" not in path.parts)
    assert {name for name in given if name.startswith("TALLYMARK_") and f'"{name}"' not in code} == set()
