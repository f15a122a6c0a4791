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
    assert imported_from(graph, "ashiato.core") <= sys.stdlib_module_names


def test_weighing_needs_numpy_alone(graph: grimp.ImportGraph) -> None:
    assert imported_from(graph, "ashiato.weigh") - sys.stdlib_module_names <= {"numpy"}


def test_nothing_in_the_house_speaks_to_the_network(graph: grimp.ImportGraph) -> None:
    network = {"socket", "http", "urllib3", "requests", "httpx", "ftplib", "smtplib", "ssl"}

    assert not imported_from(graph, "ashiato") & network
