import sys

import grimp
import pytest


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("ashiato", include_external_packages=True, cache_dir=None)


def imported_from(graph: grimp.ImportGraph, part: str) -> set[str]:
    modules = {part, *graph.find_descendants(part)}
    found = {m for module in modules for m in graph.find_modules_directly_imported_by(module)}
    return {name.split(".")[0] for name in found} - {"ashiato"}


def test_core_needs_the_standard_library_alone(graph: grimp.ImportGraph) -> None:
    later = {"backports", "compression"}  # Zstandard came into the standard library with 3.14
    assert imported_from(graph, "ashiato.core") - later <= sys.stdlib_module_names


def test_weighing_needs_numpy_alone(graph: grimp.ImportGraph) -> None:
    assert imported_from(graph, "ashiato.weigh") - sys.stdlib_module_names <= {"numpy"}


NETWORK = ("http", "urllib3", "requests", "httpx", "ftplib", "smtplib", "ssl")
LINE = "ashiato.read.sandbox.line"
"""Hands open files to the sandbox over a nameless pair of sockets: see `test_sandbox_line`."""


def test_nothing_in_the_house_speaks_to_the_network(graph: grimp.ImportGraph) -> None:
    assert not imported_from(graph, "ashiato") & set(NETWORK)


def test_sockets_are_known_to_the_line_of_the_sandbox_alone(graph: grimp.ImportGraph) -> None:
    assert graph.find_modules_that_directly_import("socket") == {LINE}
