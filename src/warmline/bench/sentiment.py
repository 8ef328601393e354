"""Does the estimate of mood and topics hold on texts it has never seen? Judged on public sets."""

import asyncio
import csv
import gzip
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

from warmline.experience.mood.estimates import About, Asked, Knowledge, kind_of
from warmline.experience.mood.worker import Worker

SETS = {"ru": "sentirueval2016_bank_ru.csv.gz", "pl": "polemo_sample_pl.csv.gz"}
"""Evaluation only: nothing is trained, tuned or chosen on them."""
TOPICS = "banking77_train_en.csv.gz"
CLASSES = ("negative", "neutral", "positive")
"""As in the model; texts with another label (mixed, ambiguous) are left out and counted."""
EXAMPLES = 10
AT_ONCE = 500
GROUPS: Mapping[str, str] = {
    "getting a card": "card_arrival card_delivery_estimate order_physical_card getting_spare_card "
    "getting_virtual_card get_disposable_virtual_card card_about_to_expire disposable_card_limits "
    "visa_or_mastercard",
    "using a card": "activate_my_card card_not_working contactless_not_working "
    "virtual_card_not_working card_acceptance card_linking apple_pay_or_google_pay",
    "lost or stolen": "lost_or_stolen_card compromised_card lost_or_stolen_phone",
    "codes": "pin_blocked change_pin passcode_forgotten get_physical_card",
    "cash": "pending_cash_withdrawal declined_cash_withdrawal cash_withdrawal_not_recognised "
    "cash_withdrawal_charge wrong_amount_of_cash_received atm_support card_swallowed",
    "card payments": "pending_card_payment declined_card_payment reverted_card_payment? "
    "card_payment_not_recognised transaction_charged_twice direct_debit_payment_not_recognised "
    "card_payment_fee_charged extra_charge_on_statement",
    "refunds": "request_refund Refund_not_showing_up",
    "transfers": "cancel_transfer transfer_not_received_by_recipient declined_transfer "
    "pending_transfer transfer_timing beneficiary_not_allowed transfer_fee_charged "
    "failed_transfer transfer_into_account receiving_money "
    "balance_not_updated_after_bank_transfer",
    "topping up": "automatic_top_up top_up_by_bank_transfer_charge pending_top_up top_up_limits "
    "top_up_reverted topping_up_by_card top_up_by_cash_or_cheque top_up_failed "
    "top_up_by_card_charge verify_top_up balance_not_updated_after_cheque_or_cash_deposit",
    "exchange": "exchange_rate exchange_via_app fiat_currency_support exchange_charge "
    "card_payment_wrong_exchange_rate wrong_exchange_rate_for_cash_withdrawal "
    "supported_cards_and_currencies",
    "identity": "why_verify_identity unable_to_verify_identity verify_source_of_funds "
    "verify_my_identity",
    "account": "age_limit edit_personal_details terminate_account country_support",
}
"""How we put the 77 questions of a bank's customers into 12 topics, by their names alone."""


class DataMissing(Exception):
    """A file of the public sets is not in the folder."""


def measure(folder: Path) -> Mapping[str, object]:
    """Macro-F1 beside that of always saying the commonest class; accuracy of topics; speed.

    `per_s` counts texts a second with one core, sent to the process and back.
    """
    return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Mapping[str, object]:
    labelled = {language: _labelled(folder / name) for language, name in SETS.items()}
    questions = _questions(folder / TOPICS)
    worker = Worker()
    try:
        weights, facts = await worker.train([])
        knowledge = Knowledge(model=weights, examples=tuple(_examples(questions)))
        await worker.tell(knowledge, Asked(turns=("warm",), talks=("warm",)))
        began = time.perf_counter()
        found = {
            language: await _mood(worker, knowledge, texts) for language, texts in labelled.items()
        }
        took_s = time.perf_counter() - began
        topics = await _topics(worker, knowledge, questions)
    finally:
        await worker.stop()
    many = sum(len(texts) for texts in labelled.values())
    return {**found, "topics": topics, "per_s": round(many / took_s, 1), "seed": facts}


async def _mood(
    worker: Worker, knowledge: Knowledge, texts: Sequence[tuple[str, str]]
) -> Mapping[str, object]:
    from warmline.experience.mood.softmax import macro_f1  # noqa: PLC0415 - brings numpy along

    judged = [(text, CLASSES.index(label)) for text, label in texts if label in CLASSES]
    guesses: list[int] = []
    for start in range(0, len(judged), AT_ONCE):
        turns = tuple(text for text, _ in judged[start : start + AT_ONCE])
        told = await worker.tell(knowledge, Asked(turns=turns))
        guesses += [kind_of(heard.mood) for heard in told.moods]
    truth = [kind for _, kind in judged]
    commonest = Counter(truth).most_common(1)[0][0]
    return {
        "macro_f1": round(macro_f1(truth, guesses, kinds=3), 4),
        "majority_f1": round(macro_f1(truth, [commonest] * len(truth), kinds=3), 4),
        "n": len(judged),
        "left_out": len(texts) - len(judged),
    }


async def _topics(
    worker: Worker, knowledge: Knowledge, questions: Sequence[tuple[str, str]]
) -> Mapping[str, object]:
    """Judged on the half that gave no examples; `other` is counted as a mistake."""
    held = [(text, topic) for text, intent in questions if _held(text) for topic in _of(intent)]
    right, other = 0, 0
    for start in range(0, len(held), AT_ONCE):
        part = held[start : start + AT_ONCE]
        told = await worker.tell(knowledge, Asked(talks=tuple(text for text, _ in part)))
        for found, (_, topic) in zip(told.topics, part, strict=True):
            right += found.topic == topic
            other += found.topic not in GROUPS
    return {
        "accuracy": round(right / len(held), 4),
        "n": len(held),
        "topics": len(GROUPS),
        "examples": len(knowledge.examples),
        "called_other": round(other / len(held), 4),
    }


def _examples(questions: Sequence[tuple[str, str]]) -> list[About]:
    """Ten sentences a topic from the other half, in turn from each kind of question in it."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in sorted(questions, key=lambda one: crc32(one[0].encode())):
        if not _held(text):
            by_intent[intent].append(text)
    found: list[About] = []
    for topic, intents in GROUPS.items():
        turns = [by_intent[intent] for intent in intents.split()]
        mixed = [text for nth in range(EXAMPLES) for one in turns for text in one[nth : nth + 1]]
        found += [About(topic=topic, text=text) for text in mixed[:EXAMPLES]]
    return found


def _held(text: str) -> bool:
    return crc32(text.encode()) % 2 == 1


def _of(intent: str) -> list[str]:
    return [topic for topic, intents in GROUPS.items() if intent in intents.split()]


def _labelled(path: Path) -> list[tuple[str, str]]:
    return [(one["text"], one["label"]) for one in _read(path)]


def _questions(path: Path) -> list[tuple[str, str]]:
    return [(one["text"], one["category"]) for one in _read(path)]


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise DataMissing(f"There is no {path.name} in {path.parent}.")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
