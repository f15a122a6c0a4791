from dataclasses import dataclass
from pathlib import Path

from ashiato.case.cache import Cache, code_digest, step_key


@dataclass(frozen=True)
class Thing:
    name: str
    numbers: tuple[int, ...]


def test_a_stored_result_comes_back_and_is_not_made_twice(tmp_path: Path) -> None:
    cache, made = Cache(tmp_path), []

    def work() -> Thing:
        made.append(1)
        return Thing("a", (1, 2))

    first = cache.once("step", "key", Thing, work)
    second = cache.once("step", "key", Thing, work)

    assert first == second == Thing("a", (1, 2))
    assert len(made) == 1


def test_a_damaged_result_counts_as_absent(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("step", "key", Thing("a", ()))
    cache.path("step", "key").write_bytes(b'{"name": "a"')

    assert cache.get("step", "key", Thing) is None


def test_a_step_s_key_depends_on_its_inputs_and_on_its_code() -> None:
    assert step_key("read", ("read",), "a") != step_key("read", ("read",), "b")
    assert step_key("read", ("read",), "a") != step_key("read", ("weigh",), "a")
    assert code_digest("core") == code_digest("core")
