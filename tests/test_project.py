"""The house rules that a machine can check: rooms, set-up, notebooks, and what must not be in the repository."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import exkit

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "exkit"
ROOMS = ["survey", "measures", "analysis", "present", "publish"]
GROUND = ["errors", "result", "context"]
ROOF = ["cli", "simulate"]
"""Right of all rooms: whatever stands here may use everything, and nothing imports it."""
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")  # noqa: S607


def place(module: str) -> str:
    """Name the room, or ground module, that a dotted module name lies in."""
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> set[str]:
    """List the places of the kit that a module imports from, at its top, in functions and for types alike."""
    tree = ast.parse(path.read_text())
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [
        f"exkit.{alias.name}"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module == "exkit"
        for alias in n.names
    ]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {place(name) for name in names if name.startswith("exkit")} - {""}


def only_for_types(path: Path) -> set[str]:
    """List the places that are imported for type checkers only: the context holds a study without knowing one."""
    blocks = [
        n
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"
    ]
    inside = [n for block in blocks for n in ast.walk(block) if isinstance(n, ast.ImportFrom)]
    return {place(n.module or "") for n in inside}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_from_the_left_only(path: Path):
    """A room uses the ground floor, itself and the rooms to its left."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in ROOF:
        return
    allowed = {"__version__", *GROUND}
    if own in ROOMS:
        allowed |= set(ROOMS[: ROOMS.index(own) + 1])
    used = imports(path) - (only_for_types(path) if own in GROUND else set())
    assert used <= allowed, f"{own} imports {used - allowed}"


def test_every_module_opens_with_its_idea():
    """A docstring of its own, which no other module has."""
    docs = [ast.get_docstring(ast.parse(path.read_text())) for path in PACKAGE.rglob("*.py")]
    assert all(docs)
    assert len(docs) == len(set(docs))


def test_there_is_no_drawer():
    """No module is named for being left over."""
    drawers = {"utils", "helpers", "common", "misc"}
    assert not drawers & {path.stem for path in PACKAGE.rglob("*")}


def test_the_public_names_are_where_they_are_said_to_be():
    """Each can be imported, and each has a docstring."""
    assert all(getattr(exkit, name).__doc__ for name in exkit.HOME)


def test_a_misspelt_public_name_is_answered_with_the_nearest():
    """As any other name."""
    with pytest.raises(AttributeError, match=r"exkit has no 'tallly'\. Did you mean 'tally'\?"):
        _ = exkit.tallly


def test_importing_exkit_costs_next_to_nothing():
    """At most .15 s over a bare interpreter: the median of seven pairs of runs."""
    assert _extra("import exkit") <= 0.15


def _extra(code: str) -> float:
    """Time a statement in fresh interpreters, in turn with none."""

    def once(what: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", what], check=True, cwd=ROOT)
        return time.perf_counter() - start

    once(code)
    differences = sorted(once(code) - once("pass") for _ in range(7))
    return differences[3]


def _pins() -> dict[str, str]:
    """Read the lock: name and version."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    return {_normal(name): version for name, version in lines}


def _normal(name: str) -> str:
    """Write a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _direct() -> set[str]:
    """Name the direct dependencies."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {_normal(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in declared}


def test_the_conda_environment_names_what_the_lock_pins():
    """The same direct dependencies, at the same versions."""
    wanted = [line for line in YAML(typ="safe").load(ROOT / "environment.yml")["dependencies"] if isinstance(line, str)]
    pinned = [line.split("=", 1) for line in wanted if re.fullmatch(r"[a-z0-9.-]+=[^=<>]+", line)]
    named = {_normal(name): version for name, version in pinned}
    assert named == {name: _pins()[name] for name in _direct()}


def test_the_lock_has_hashes_and_no_index():
    """Every pin has at least one hash, for one version only; no registry is named."""
    lock = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(_pins())
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|--index|--extra", lock)


NOTEBOOKS = [ROOT / name for name in TRACKED if name.endswith(".ipynb")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_committed_as_a_question(path: Path):
    """No outputs, one parameters cell of annotated literals, the title a question, no function, no number in prose."""
    cells = json.loads(path.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    parameters = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
    assert len(parameters) == 1
    statements = ast.parse("".join(parameters[0]["source"])).body
    assert all(isinstance(s, ast.AnnAssign) and isinstance(s.value, ast.Constant) for s in statements)
    assert all("#" in line for line in parameters[0]["source"])
    assert "".join(cells[0]["source"]).split("\n")[0].endswith("?")
    assert not any("def " in line or "lambda" in line for cell in code for line in cell["source"])
    assert len(cells) <= 25


def test_nothing_of_this_machine_or_of_others_is_in_the_repository():
    """No path of a machine, no registry's host, nothing of the data that may not be copied."""
    texts = [
        ROOT / name
        for name in TRACKED
        if name and (ROOT / name).suffix in {".py", ".md", ".toml", ".yml", ".csv", ".ipynb", ".lock", ".po"}
    ]
    forbidden = re.compile(r"/root/|/home/\w|/work/|\bpypi\.org|pythonhosted|registry\.npmjs")
    found = [path.name for path in texts if path != Path(__file__) and forbidden.search(path.read_text())]
    assert found == []
    real = ROOT.parent / "shared" / "real"
    assert not {p.name for p in real.glob("*.csv")} & {Path(name).name for name in TRACKED}
