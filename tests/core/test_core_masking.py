import string

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.masking import mask_text, mask_value

digits = st.text(string.digits, min_size=9, max_size=11)


@given(digits)
def test_a_masked_phone_shows_two_digits_at_most(number: str) -> None:
    shown = mask_value("phone", f"+{number}")

    assert sum(c.isdigit() for c in shown) == 2
    assert len(shown) == len(number) + 1


def test_a_card_number_in_running_text_keeps_its_last_four_digits_and_its_length() -> None:
    text = "paid with 4111 1111 1111 1111 on 2030-05-01"

    shown = mask_text(text)

    assert shown == "paid with •••• •••• •••• 1111 on 2030-05-01"


def test_addresses_of_machines_dates_and_times_are_not_masked() -> None:
    text = "203.0.113.77 2030-05-01 12:30:01 vps-1042 1956480000.123 AS64500"

    assert mask_text(text) == text


def test_a_phone_in_running_text_is_masked() -> None:
    assert mask_text("call 090-5550-1234 now") == "call •••-••••-••34 now"


def test_known_values_of_a_register_are_masked_wherever_they_stand() -> None:
    values = (("postal", "1-2-3 Quay Street"), ("email", "kaji@mail.example"))

    shown = mask_text("1-2-3 Quay Street,kaji@mail.example", values)

    assert "Quay" not in shown
    assert shown.endswith("k•••@mail.example")
