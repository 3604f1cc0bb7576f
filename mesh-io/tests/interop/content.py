"""What a mesh file holds, as every tool's opener says it, and how two of them are compared.

{"shapes": [name of each cell], "nodes": count, "volumes": [of each cell],
 "fields": [{"name", "location": "cells" or "nodes", "components", "kind", "values": [flat]}],
 "digits": what of each value a tool's digits keep; not there where all of it is}

Cells and nodes may stand in another order: the fields `cell` and `node` tell which is which. Where
no field `cell` is expected, cells are taken in the order of shapes and volumes.
"""

from collections import Counter

import numpy as np

# Volumes are computed by each tool in its own way; values are not computed, so they are compared bit
# by bit.
VOLUME_TOLERANCE = 1e-12


def field(name, location, values):
    """A field from an array of one value, or one tuple, for each cell or node."""
    values = np.asarray(values)
    return {"name": name, "location": location,
            "components": 1 if values.ndim == 1 else values.shape[1],
            "kind": "integer" if values.dtype.kind in "iu" else "float",
            "values": values.reshape(-1)}


def find(content, name, location):
    for found in content["fields"]:
        if found["name"] == name and found["location"] == location:
            return np.asarray(found["values"]).reshape(-1, found["components"])
    return None


def names(content):
    return ", ".join(f"{field['name']!r} on {field['location']}" for field in content["fields"])


def order(content, location, is_numbered):
    """The cells or nodes of the content in an order that does not depend on its own."""
    if is_numbered:
        ids = find(content, {"cells": "cell", "nodes": "node"}[location], location)
        return None if ids is None else np.argsort(ids[:, 0], kind="stable")
    if location == "cells":
        return np.lexsort([content["volumes"], content["shapes"]])
    return np.arange(content["nodes"])


def difference(expected, found):
    """Why they differ, or nothing. What more is found is no difference; nor are integers in floats."""
    if Counter(expected["shapes"]) != Counter(found["shapes"]):
        return f"cells {Counter(found['shapes'])}, expected {Counter(expected['shapes'])}"
    if expected["nodes"] != found["nodes"]:
        return f"{found['nodes']} nodes, expected {expected['nodes']}"
    orders = {}
    for location, number in [("cells", "cell"), ("nodes", "node")]:
        is_numbered = find(expected, number, location) is not None
        orders[location] = [order(content, location, is_numbered) for content in (expected, found)]
        if orders[location][1] is None:
            return f"no field {number!r} on {location}; fields: {names(found)}"
    old, new = orders["cells"]
    shapes = [np.asarray(content["shapes"])[places]
              for content, places in [(expected, old), (found, new)]]
    if (shapes[0] != shapes[1]).any():
        return "cells of another shape than their number says"
    volumes = [np.asarray(content["volumes"])[places]
               for content, places in [(expected, old), (found, new)]]
    digits = expected.get("digits", 0)
    error = np.abs(volumes[0] - volumes[1]).max() / np.abs(volumes[0]).min()
    if not error <= VOLUME_TOLERANCE + 100 * digits:
        return f"volumes differ by {error}"
    for wanted in expected["fields"]:
        name, location = wanted["name"], wanted["location"]
        values = find(found, name, location)
        if values is None:
            return f"no field {name!r} on {location}; fields: {names(found)}"
        original = find(expected, name, location)
        old, new = orders[location]
        if original.shape != values.shape:
            return f"field {name!r} of shape {values.shape}, expected {original.shape}"
        error = np.abs(original[old] - values[new]).max()
        if not error <= digits * np.abs(original).max():
            return f"field {name!r}: values differ by {error}"
    return None
