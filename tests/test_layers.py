"""The house's layers: arrows only go down, there is no circle, and the rules load neither Flask nor the database."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
# From the top down; a layer may import itself and what stands below it.
LAYERS = ("wiring", "web", "services", "models", "domain", "base")
FOREIGN = {
    "flask": {"web", "wiring"},
    "flask_login": {"web", "wiring"},
    "flask_wtf": {"web", "wiring"},
    "flask_babel": {"web", "wiring"},
    "werkzeug": {"web", "wiring"},
    "peewee": {"models"},
    "playhouse": {"models"},
    "weasyprint": {"services"},
}
CLOCKS = ("datetime.now(", "datetime.utcnow(", "date.today(", "time.time(")


def modules() -> dict[str, Path]:
    """Every module of the app by its dotted name; migrations are scripts, no modules."""
    found = {}
    for path in APP.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def layer_of(name: str) -> str:
    parts = name.split(".")
    if len(parts) > 1 and parts[1] in LAYERS:
        return parts[1]
    if name in ("app.errors", "app.config"):
        return "base"
    return "base" if name == "app" else "wiring"


def imports_of(path: Path) -> set[str]:
    """Dotted names imported anywhere in a file, those inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


def own_imports(name: str) -> set[str]:
    return {found for found in imports_of(MODULES[name]) if found in MODULES and found != name}


def test_there_is_something_to_check():
    assert {layer_of(name) for name in MODULES} == set(LAYERS)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_only_go_down(name):
    here = LAYERS.index(layer_of(name))
    upward = {found for found in own_imports(name) if found != "app" and LAYERS.index(layer_of(found)) < here}
    assert not upward, f"{name} looks up to {sorted(upward)}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_foreign_packages_stay_in_their_layer(name):
    tops = {found.split(".")[0] for found in imports_of(MODULES[name])}
    wrong = {top for top in tops & FOREIGN.keys() if layer_of(name) not in FOREIGN[top]}
    assert not wrong, f"{name} uses {sorted(wrong)}"


def test_no_circle():
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        # A package's __init__ is a docstring, so naming the package itself draws no arrow.
        for found in own_imports(name):
            if MODULES[found].name != "__init__.py":
                visit(found, (*trail, name))
        done.add(name)

    for name in MODULES:
        visit(name, ())


@pytest.mark.parametrize(
    "name", sorted(n for n in MODULES if layer_of(n) in ("domain", "services", "models"))
)
def test_below_the_web_time_is_an_argument(name):
    text = MODULES[name].read_text("utf-8")
    asked = [clock for clock in CLOCKS if clock in text]
    assert not asked, f"{name} asks the clock itself: {asked}"


@pytest.mark.parametrize("path", sorted(APP.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_an_init_holds_only_a_docstring(path):
    body = ast.parse(path.read_text("utf-8")).body
    assert len(body) == 1 and ast.get_docstring(ast.Module(body, [])), f"{path} holds more than a docstring"


def test_the_rules_load_neither_flask_nor_the_database():
    rules = sorted(name for name in MODULES if layer_of(name) == "domain")
    code = f"import sys, {', '.join(rules)}; print([m for m in ('flask', 'peewee', 'sqlite3') if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
