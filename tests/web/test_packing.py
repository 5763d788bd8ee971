"""What the server sends of the scripts: packed as one file each, and that a visit works with them in a real browser."""

import brotli
import pytest

from app.web import assets, packing


def test_every_part_of_a_bundle_is_there_and_every_module_becomes_one() -> None:
    for name in (*assets.files(), *packing.BUNDLES):
        assert packing.written(assets.FOLDER, name), name
    rules = packing.written(assets.FOLDER, "js/rules/index.js").decode()
    assert "import" not in rules.replace("important", "") and rules.count("export") == 1


def test_a_phone_keeps_bundles_and_no_part_twice() -> None:
    kept = packing.bundled([name for name in assets.files() if name.startswith("js/")])
    assert set(packing.BUNDLES) <= set(kept)
    assert "js/rules/walk.js" not in kept and "js/visit_paint.js" not in kept and "js/rules/index.js" in kept


def test_an_import_that_the_packer_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError):
        packing._plain("import thing from './thing.js';")


def test_what_a_list_is_made_from_stays_before_it(tmp_path) -> None:
    (tmp_path / "a.js").write_text("(() => {\n  const t = g();\n  const [a] = f({ t });\n  h(a, t);\n})();\n")
    packed = packing.written(tmp_path, "a.js").decode()
    assert packed.index("g()") < packed.index("f({")


def test_a_visits_page_begins_with_thirty_kilobytes_of_scripts() -> None:
    """The rules, the PIN and the sheets come at the first touch or when there is time."""
    sizes = [
        len(brotli.compress(packing.written(assets.FOLDER, name), quality=11)) for name in packing.OF_A_VISIT
    ]
    assert sum(sizes) <= 30 * 1024


def test_the_parts_of_a_bundle_do_not_run_into_each_other() -> None:
    for name in packing.BUNDLES:
        text = packing.written(assets.FOLDER, name).decode()
        assert ")()\n(" not in text and text.count(";\n(") >= len(packing.BUNDLES[name]) - 2
