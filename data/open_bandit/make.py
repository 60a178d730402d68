"""Cut a log of Open Bandit to what `penchant evaluate` uses, and write the maps.

    python data/open_bandit/make.py men.csv.gz data/open_bandit

Every row is kept, in the order of its times. README.md in this folder says which columns stay.
The same input gives the same files. Needs nothing beyond Python itself.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

KEPT = {
    "timestamp": "shown_at",
    "item_id": "item",
    "position": "place",
    "click": "clicked",
    "propensity_score": "propensity",
    "user_feature_0": "visitor_0",
    "user_feature_1": "visitor_1",
    "user_feature_2": "visitor_2",
    "user_feature_3": "visitor_3",
}
SHORT = 6  # characters of a hashed feature that tell its values apart

HEAD = """# Open Bandit, men's page: which item to show. `docs/reference/map-file.md` explains every key.

[log]
title = "Open Bandit: items on the men's page, shown by lot"
unit = "clicks"
reward_is = "a click"

[columns]
person = "row"              # nobody in it has an id: each row counts as a person
time = "shown_at"
action = "item"
reward = "clicked"
propensity = "propensity"

[moment]
name = "shop.item"
purpose = "recommendation"

[context.place]
column = "place"
"""


ITEMS = {"men": 34, "women": 46, "all": 80}

ORIGINAL = """# Open Bandit, {page}, as published. `docs/reference/map-file.md` explains every key.

[log]
title = "Open Bandit: {page}"
unit = "clicks"
reward_is = "a click"

[columns]                   # nobody in it has an id: each row counts as a person
time = "timestamp"
action = "item_id"
reward = "click"
propensity = "propensity_score"

[moment]
name = "shop.item"
purpose = "recommendation"

[context.place]
column = "position"
"""
PAGES = {"men": "the men's page", "women": "the women's page", "all": "the page of all items"}


def original(page: str) -> str:
    """Give the map of a log as it was published."""
    parts = [ORIGINAL.format(page=PAGES[page])]
    parts += [f'\n[context.visitor_{n}]\ncolumn = "user_feature_{n}"\n' for n in range(4)]
    parts += [f'\n[[actions]]\nlogged = "{n}"\nname = "item {n}"\n' for n in range(ITEMS[page])]
    return "".join(parts)


def main() -> None:
    """Read one log, write its cut and the maps."""
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["timestamp"])
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["row", *KEPT.values()])
    for number, row in enumerate(rows, 1):
        cells = {new: row[old] for old, new in KEPT.items()}
        cells["shown_at"] = cells["shown_at"].replace(" ", "T")
        for name in ("visitor_0", "visitor_1", "visitor_2", "visitor_3"):
            cells[name] = cells[name][:SHORT]
        writer.writerow([number, *cells.values()])
    packed = gzip.compress(out.getvalue().encode(), mtime=0)
    (folder / "men_random.csv.gz").write_bytes(packed)
    parts = [HEAD]
    parts += [f'\n[context.visitor_{n}]\ncolumn = "visitor_{n}"\n' for n in range(4)]
    items = sorted({int(row["item_id"]) for row in rows})
    parts += [f'\n[[actions]]\nlogged = "{item}"\nname = "item {item}"\n' for item in items]
    (folder / "men_random.toml").write_text("".join(parts), encoding="utf-8")
    for page in ITEMS:
        (folder / f"original_{page}.toml").write_text(original(page), encoding="utf-8")


if __name__ == "__main__":
    main()
