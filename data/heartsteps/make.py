"""Cut `heartsteps.csv.gz` out of the published `suggestions.csv` of HeartSteps V1.

    python data/heartsteps/make.py suggestions.csv.gz data/heartsteps/heartsteps.csv.gz

Every row is kept, in its order. README.md in this folder says which columns stay and why.
The same input gives the same rows. Needs nothing beyond Python itself.
"""

import csv
import gzip
import io
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

Row = Mapping[str, str]

# What a place is called in the original is a list of map categories, the most telling one first.
PLACES = {
    "home": ("home",),
    "work": ("work",),
    "study": ("university", "school", "library", "museum"),
    "food": ("restaurant", "cafe", "bar", "bakery", "food", "meal_takeaway", "meal_delivery",
             "night_club"),
    "shop": ("store", "convenience_store", "electronics_store", "clothing_store", "shoe_store",
             "furniture_store", "home_goods_store", "hardware_store", "grocery_or_supermarket",
             "department_store", "liquor_store", "jewelry_store", "book_store", "pet_store",
             "bicycle_store", "shopping_mall", "florist", "pharmacy", "gas_station"),
    "park": ("park", "stadium", "campground", "zoo", "amusement_park"),
}
KIND_OF_PLACE = {category: kind for kind, names in PLACES.items() for category in names}
SKIES = {
    "clear": ("Clear", "Partly Cloudy", "Scattered Clouds"),
    "cloudy": ("Mostly Cloudy", "Overcast", "Haze"),
    "fog": ("Fog", "Light Freezing Fog"),
    "rain": ("Rain", "Light Rain", "Light Drizzle", "Light Freezing Rain", "Thunderstorm",
             "Light Thunderstorms and Rain"),
    "snow": ("Snow", "Light Snow", "Ice Pellets"),
}
KIND_OF_SKY = {words: kind for kind, names in SKIES.items() for words in names}
COLDEST = -60.0  # degrees; the original marks an unknown temperature as -1024


def place(row: Row) -> str:
    """Give the kind of place: home, work, study, food, shop, park, other, or "" if not known."""
    first = row["dec.location.category"].split(",")[0]
    return "" if first in {"", "unknown"} else KIND_OF_PLACE.get(first, "other")


def local_time(row: Row) -> str:
    """Give the person's own time with its offset; the original is UTC, cut to minutes."""
    zone = timezone(timedelta(seconds=int(row["sugg.gmtoff"])))
    at = datetime.strptime(f"{row['sugg.decision.utime']} +0000", "%Y/%m/%d %H:%M %z")
    return at.astimezone(zone).isoformat(timespec="minutes")


def tip(row: Row) -> str:
    """Give which kind of tip was sent: none, active, sedentary, or "" where it is not recorded."""
    if row["send.active"] == "TRUE":
        return "active"
    if row["send.sedentary"] == "TRUE":
        return "sedentary"
    return "none" if row["send"] == "FALSE" else ""


def weather(row: Row) -> str:
    """Give clear, cloudy, fog, rain, snow, or "" for `unknown` and the service's error texts."""
    return KIND_OF_SKY.get(row["dec.weather.condition"], "")


def temperature(row: Row) -> str:
    """Give degrees Celsius, "" where the original holds its mark for an unknown one."""
    degrees = row["dec.temperature"]
    return degrees if degrees and float(degrees) > COLDEST else ""


COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "person": lambda row: row["user.index"],
    "decision": lambda row: row["decision.index"],
    "decided_at": local_time,
    "time_zone": lambda row: row["sugg.tz"],
    "slot": lambda row: row["sugg.select.slot"],
    "available": lambda row: row["avail"],
    "sent": lambda row: row["send"],
    "tip": tip,
    "place": place,
    "weather": weather,
    "temperature_c": temperature,
    "activity": lambda row: row["recognized.activity"],
    "steps_30_min_before": lambda row: row["jbsteps30pre"],
    "steps_30_min_after": lambda row: row["jbsteps30"],
}


def main(source: Path, target: Path) -> None:
    """Write the cut."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            writer.writerow({name: give(row) for name, give in COLUMNS.items()})
    target.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
