"""The house's own rules: README tells the truth, every module says what it is, nothing strange lies about."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.config import SETTINGS, Misconfigured, read

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PYTHON = sorted(
    path
    for folder in ("app", "tests", "tools")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)


def section(title: str) -> str:
    """The text under a heading of the README."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.S | re.M)
    assert found, f"README has no section {title!r}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The cells of the section's table rows, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in lines[2:]
        if not line.startswith("|---")
    ]


def paths_of(cell: str) -> list[str]:
    return [
        name
        for name in re.findall(r"`([^`\s]+)`", cell)
        if "/" in name and not name.startswith(("/", "http"))
    ]


def test_where_do_i_put_names_only_what_exists():
    table = rows("Where do I put …")
    assert len(table) >= 10
    named = [(row[0], path) for row in table for path in paths_of(row[1])]
    assert len(named) >= len(table)
    missing = [f"{what}: {path}" for what, path in named if not (ROOT / path).exists()]
    assert not missing, missing


def test_every_setting_is_documented_as_it_is():
    documented = {row[0].strip("`"): (row[1], row[2]) for row in rows("Settings")}
    assert documented.keys() == {one.name for one in SETTINGS}
    for one in SETTINGS:
        assert documented[one.name] == (f"`{one.default}`" if one.default else "–", one.meaning), one.name


def test_no_other_module_reads_a_setting_from_the_environment():
    reading = re.compile(r"getenv|environ\.get|environ\[[^\]]+\](?!\s*=)")
    assert reading.search("os.environ['X']") and not reading.search("os.environ['X'] = y")
    found = [path.name for path in (ROOT / "app").rglob("*.py") if reading.search(path.read_text("utf-8"))]
    assert found == ["config.py"]


def test_every_make_target_and_command_is_in_the_readme():
    targets = set(re.findall(r"^([a-z]+):.*?## ", (ROOT / "Makefile").read_text(), re.M))
    assert {"run", "test", "help"} <= targets
    assert targets == set(re.findall(r"`make ([a-z]+)`", section("Commands")))


def test_every_command_of_the_app_is_in_the_readme(app):
    names = {name for name in app.cli.list_commands(None) if name not in ("routes", "run", "shell")}
    assert {"serve", "setup", "backup"} <= names
    assert names <= {
        name for row in re.findall(r"^\| `([a-z -]+)`", section("Commands"), re.M) for name in row.split()
    }


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_begins_with_what_lives_in_it(path):
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said and len(said.split()) >= 4, path


def test_every_package_is_pinned_and_says_why():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.match(r"[\w.-]+==[\w.]+(; [^#]+)?\s+# \S", line), f"{name}: {line}"


def test_python_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.11"
    assert "(3, 11)" in (ROOT / "tools/bootstrap.sh").read_text()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_nothing_made_is_kept_in_git():
    kept = [
        path
        for path in tracked()
        if path.suffix in (".pyc", ".mo", ".db") or "var" in path.relative_to(ROOT).parts[:1]
    ]
    assert not kept


def test_no_file_names_a_place_on_one_machine():
    # Joined so that this file does not find itself.
    places = ["/" + "root/", "/" + "work/", "/" + "home/", "/opt" + "/pypi"]
    texts = {".py", ".md", ".toml", ".txt", ".sh", ".html", ".css", ".js", ".cfg", ".json"}
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in tracked()
        if path.suffix in texts and path.exists() and "vendor" not in path.parts
        for place in places
        if place in path.read_text("utf-8")
    ]
    assert not found, found


def test_templates_hold_no_inline_style_or_script():
    pages = list((ROOT / "templates").rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
        assert not re.search(
            r"\sstyle=|<style|\son[a-z]+=[\"']|<script(?![^>]*(src=|application/json))", text
        ), path


def test_a_setting_that_is_no_number_is_named(tmp_path):
    with pytest.raises(Misconfigured, match="PORT"):
        read({"DATA_DIR": str(tmp_path), "PORT": "http"})


def test_a_database_that_is_not_supported_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        read({"DATA_DIR": str(tmp_path), "DATABASE_URL": "mysql://x"})


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first = read({"DATA_DIR": str(tmp_path)})
    assert len(first.secret_key) == 64 and first.secret_key == read({"DATA_DIR": str(tmp_path)}).secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_too_short_is_refused(tmp_path):
    (tmp_path / "secret-key").write_text("changeme")
    with pytest.raises(Misconfigured, match="32 characters"):
        read({"DATA_DIR": str(tmp_path)})
