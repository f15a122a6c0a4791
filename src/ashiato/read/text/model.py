"""The English parser by name: which package it is, and what it is made of."""

import importlib.util
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from ashiato.core.errors import BadInput
from ashiato.knowledge.gazetteer import edition

READER = "english-claims@1"
_REMEDY = "install the model package into the environment that runs ashiato, or name another model"


def model_folder(model: str) -> Path:
    """Find the installed package; a model is never fetched.

    Raises:
        BadInput: no package of this name is installed, or it is no model.

    """
    spec = importlib.util.find_spec(model) if model.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise BadInput(f"the language model {model!r} is not installed", remedy=_REMEDY)
    folder = Path(spec.submodule_search_locations[0])
    if not (folder / "meta.json").is_file():
        raise BadInput(f"the package {model!r} is no language model", remedy=_REMEDY)
    return folder


@cache
def method_of(model: str) -> str:
    """Name the reading method: reader, lists of names, model, versions, hashes over their files.

    A cache key needs this and the digests of the packs ``predicates`` and ``reading``.

    Raises:
        BadInput: the model or the lists are not installed.

    """
    folder = model_folder(model)
    version = json.loads((folder / "meta.json").read_bytes())["version"]
    seal = sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        content = sha256(file.read_bytes()).hexdigest()
        seal.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return f"{READER}+{model}@{version}#{seal.hexdigest()[:12]}+{edition()}"
