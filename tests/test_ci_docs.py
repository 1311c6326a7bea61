"""The workflows and hooks of docs/ci.md: linted, and calling commands that exist."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from darksocial.cli._main import darksocial
from darksocial.cli._reports import check_reports

PAGE = (Path(__file__).parents[1] / "docs" / "ci.md").read_text("utf-8")
BLOCK = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(BLOCK.findall(PAGE))
WORKFLOW, CONFIG, HOOKS, GITLAB = (
    ".github/workflows/darksocial.yml",
    ".pre-commit-config.yaml",
    ".pre-commit-hooks.yaml",
    ".gitlab-ci.yml",
)
SCHEMAS = {WORKFLOW: "vendor.github-workflows", GITLAB: "vendor.gitlab-ci"}
HOOK = {"id", "name", "entry", "language", "files"}
"""What a hook needs, https://pre-commit.com/#new-hooks; `files` so that it runs on logs alone."""
HOOK_OPTIONS = {"description", "pass_filenames", "types", "require_serial"}
GROUP = click.Context(darksocial, info_name="darksocial")


def parsed(name: str) -> Any:
    return YAML(typ="safe").load(FILES[name])


def scripts() -> list[str]:
    """Every shell script of the page's files."""
    steps = parsed(WORKFLOW)["jobs"]["check"]["steps"]
    hooks = [*parsed(HOOKS), *parsed(CONFIG)["repos"][0]["hooks"]]
    told = [step["run"] for step in steps if "run" in step]
    told += [f"{hook['entry']} access.log" for hook in hooks]
    return [*told, *parsed(GITLAB)["darksocial"]["script"]]


def test_every_yaml_block_names_its_file() -> None:
    assert set(FILES) == {WORKFLOW, CONFIG, HOOKS, GITLAB}
    assert PAGE.count("```yaml") == len(FILES)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_file_follows_the_schema_of_its_tool(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file.yml"
    path.write_text(FILES[name])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name]]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_linter_of_workflows_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_text(FILES[WORKFLOW])
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    zizmor = shutil.which("zizmor", path=places)
    assert zizmor, "zizmor is among the development dependencies"
    command = [zizmor, "--offline", "--no-progress", "--persona=auditor", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_and_every_variable_of_a_step_is_set() -> None:
    job = parsed(WORKFLOW)["jobs"]["check"]
    uses = re.findall(r"uses: (\S+)( # v[\d.]+)?", FILES[WORKFLOW])
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", ref) and version for ref, version in uses)
    for step in job["steps"]:
        used = set(re.findall(r"\$\{?([A-Z_]+)", step.get("run", "")))
        assert used <= {*job["env"], "GITHUB_STEP_SUMMARY"}


def test_hooks_have_what_pre_commit_needs() -> None:
    [repository] = parsed(CONFIG)["repos"]
    assert repository["repo"] == "local"
    for hook in (*repository["hooks"], *parsed(HOOKS)):
        assert hook.keys() >= HOOK
        assert hook.keys() <= HOOK | HOOK_OPTIONS
        assert re.compile(hook["files"])
    [shared] = parsed(HOOKS)
    matches = [name for name in ("a.log", "a.log.1", "a.log.2.gz", "a.py", "log.txt")
               if re.search(shared["files"], name)]  # fmt: skip
    assert matches == ["a.log", "a.log.1", "a.log.2.gz"]


@pytest.mark.parametrize("script", [s for s in scripts() if "darksocial check" in s])
def test_commands_are_accepted(script: str) -> None:
    plain = re.sub(r"\$\{\w+:\+(.*?)\}", r"\1", script.replace("\\\n", " "))
    words = shlex.split(plain[plain.index("darksocial check") :])
    command = darksocial.get_command(GROUP, words[1])
    assert command is not None
    ctx = command.make_context(words[1], words[2:], parent=GROUP)
    assert check_reports(output=ctx.params["output"]).printed
