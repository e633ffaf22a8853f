"""Opening exported files with the libraries that people would use for that."""

import importlib
import json
from pathlib import Path
from typing import Any, Final, cast

from tests.oracle.times import Json

# Imported by name: their types are known in part only.
pandas: Final[Any] = importlib.import_module("pandas")
geopandas: Final[Any] = importlib.import_module("geopandas")
frictionless: Final[Any] = importlib.import_module("frictionless")


def package_of(folder: Path) -> Json:
    """The data package of an export."""
    read: Json = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return read


def faults_of(folder: Path) -> list[Any]:
    """What frictionless finds wrong with a package and its file: hash, schema, every cell."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    return cast("list[Any]", report.flatten(["type", "message"]))


def rows_by_schema(folder: Path) -> list[Json]:
    """The rows of a CSV as frictionless reads them, typed by the schema of its package."""
    package = frictionless.Package(str(folder / "datapackage.json"))
    return [row.to_dict() for row in package.resources[0].read_rows()]


def csv_in_pandas(path: Path) -> list[Json]:
    """The rows of a CSV as pandas reads them, nothing for an empty cell."""
    return _rows(pandas.read_csv(path))


def ndjson_in_pandas(path: Path) -> list[Json]:
    """The lines of NDJSON as pandas reads them."""
    return _rows(pandas.read_json(path, lines=True))


def features_in_geopandas(path: Path) -> list[Json]:
    """The features of GeoJSON as geopandas reads them, in degrees; `geometry` is (lon, lat)."""
    frame = geopandas.read_file(path)
    assert frame.crs is not None
    assert frame.crs.to_epsg() == 4326
    rows = _rows(frame)
    for row in rows:
        point = row["geometry"]
        row["geometry"] = None if point is None else (point.x, point.y)
    return rows


def _rows(frame: Any) -> list[Json]:
    frame = frame.astype(object)
    return cast("list[Json]", frame.where(frame.notna(), None).to_dict("records"))
