from ashiato.core.errors import (
    AshiatoError,
    BadInput,
    CaseBusy,
    IntegrityFailure,
    Interrupted,
    StandardNotMet,
    TooLarge,
)


def test_every_error_has_an_exit_code_of_its_own() -> None:
    errors: list[type[AshiatoError]] = [
        AshiatoError, BadInput, StandardNotMet, IntegrityFailure, TooLarge, CaseBusy, Interrupted,
    ]  # fmt: skip

    codes = [error.exit_code for error in errors]

    assert codes == [1, 2, 3, 4, 5, 6, 130]


def test_bad_input_names_the_file_the_place_and_the_remedy() -> None:
    error = BadInput("no such zone 'Mars'", path="case.toml", place="line 4", remedy="use UTC")

    assert str(error) == "case.toml:line 4: no such zone 'Mars'; use UTC"
