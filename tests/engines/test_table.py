"""The table of engines in the documents is the one that the engines declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_studio.engines.families.known import FAMILIES
from sora_studio.engines.table import BEGIN, kinds, main, renewed, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "engines.md"


def test_the_document_is_up_to_date() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert renewed(text) == text, "run python -m sora_studio.engines.table docs/engines.md"


def test_every_kind_has_a_row() -> None:
    rows = table().splitlines()
    assert len(rows) == 2 + len(list(kinds())) == 3 + sum(len(family.kinds) for family in FAMILIES)
    assert len({row.count("|") for row in rows}) == 1
    assert any(row.startswith("| Wan 2.1 VACE | anywhere |") for row in rows)


def test_a_table_is_renewed_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "engines.md"
    path.write_text("# Engines\n\n<!-- table -->\nold\n<!-- end of the table -->\nbehind\n")
    main([str(path)])
    assert path.read_text() == f"# Engines\n\n{BEGIN}\n{table()}<!-- end of the table -->\nbehind\n"
    with pytest.raises(ValueError, match="no <!-- table -->"):
        renewed("nothing")
