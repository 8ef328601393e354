import pytest

from warmline.channels.email.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте, где мой заказ № 17?", "ru"),
        ("Заказ Larkfold 17 не пришёл", "ru"),
        ("Dzień dobry, gdzie jest moja paczka?", "pl"),
        ("Dzien dobry, prosze o pomoc, czy moge zwrocic", "pl"),
        ("Hello, where is my order? Thanks", "en"),
        ("Where is the parcel that I ordered, please", "en"),
        ("17", None),
        ("", None),
        ("Доброго дня, де моє замовлення її", None),
        ("Wo ist meine Bestellung?", None),
    ],
)
def test_the_language_is_guessed_or_left_open(text, language):
    assert guess(text) == language
    assert guess(text, "pl") == (language or "pl")
