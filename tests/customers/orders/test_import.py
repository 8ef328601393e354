import gzip
from typing import Any

from sqlalchemy import func, select

from tests.customers.orders.conftest import Shop, counts
from warmline.core.words import Role
from warmline.customers.importing.tables import import_job
from warmline.customers.orders.tables import order
from warmline.customers.tables import customer, identifier

CSV = (
    b"order_id;customer_id;date;total;currency;status\n"
    b"A-1;7;31.01.2026 10:30;1 234,50;PLN;paid\n"
    b"A-2;7;01.02.2026;20,00;PLN;shipped\n"
    b"A-3;8;02.02.2026;0,99;EUR;nowe\n"
    b"A-4;9;33.02.2026;5,00;PLN;paid\n"
    b"A-5;9;03.02.2026;five;PLN;paid\n"
)


async def how_many(shop: Shop, table: Any) -> int:
    return (await shop.rows(select(func.count().label("many")).select_from(table)))[0]["many"]


async def test_a_file_is_guessed_tried_and_taken_in_and_again_changes_nothing(shop: Shop):
    job = await shop.bring(CSV, zone="Europe/Warsaw")
    assert job["state"] == "ready"
    assert job["reading"]["separator"] == ";"
    assert (job["reading"]["dates"], job["reading"]["decimal"]) == ("dmy", ",")
    assert job["mapping"] == {
        "id": "order_id", "customer": "customer_id", "at": "date", "total": "total",
        "currency": "currency", "status": "status",
    }  # fmt: skip

    tried = await shop.run(job, dry=True)
    assert (tried["state"], counts(tried)) == ("tried", (3, 0, 0, 2))
    assert await how_many(shop, order) == 0
    assert await how_many(shop, customer) == 0

    done = await shop.run(job)
    assert (done["state"], counts(done), done["progress"]) == ("done", (3, 0, 0, 2), 1000)
    first = (await shop.rows(select(order).where(order.c.id == "A-1")))[0]
    assert first["total_minor"] == 123_450
    assert first["at"] == 1_769_851_800_000  # half past ten in Warsaw
    assert (first["currency"], first["status"], first["source"]) == ("PLN", "paid", "import")
    assert await how_many(shop, customer) == 2
    known = await shop.rows(select(identifier))
    assert {(one["kind"], one["value"], one["verification"]) for one in known} == {
        ("external", "7", "matched"),
        ("external", "8", "matched"),
    }

    again = await shop.run(job)
    assert counts(again) == (0, 0, 3, 2)
    assert await how_many(shop, customer) == 2


async def test_what_is_wrong_is_told_in_words_with_its_line_and_its_row(shop: Shop):
    job = await shop.bring(CSV)
    await shop.run(job)
    faults = (await shop.boss.get(f"/imports/{job['id']}/faults?locale=ru")).json()["faults"]
    assert [(one["line"], one["field"], one["code"]) for one in faults] == [
        (5, "at", "no_date"),
        (6, "total", "no_amount"),
    ]
    assert faults[1]["detail"] == "Это не денежная сумма."
    answer = await shop.boss.get(f"/imports/{job['id']}/faults.csv?locale=pl")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "wiersz,pole,co jest nie tak,zawartość"
    assert lines[2] == "6,total,To nie jest kwota.,A-5,9,03.02.2026,five,PLN,paid"


async def test_the_try_counts_rows_that_come_twice_as_the_run_does(shop: Shop):
    rows = [
        "id,customer,date,total", "1,a,2026-01-01,5", "1,a,2026-01-01,5", "1,a,2026-01-01,6",
        "2,b,2026-01-01,5",
    ]  # fmt: skip
    job = await shop.bring("\n".join(rows).encode())
    tried = await shop.run(job, dry=True)
    done = await shop.run(job)
    assert counts(tried) == counts(done) == (2, 1, 1, 0)
    kept = await shop.rows(select(order).where(order.c.id == "1"))
    assert kept[0]["total_minor"] == 600, "the last one counts"


async def test_customers_come_with_names_addresses_and_numbers_in_any_encoding(shop: Shop):
    table = "Numer klienta;Imię;Nazwisko;Telefon;E-mail;Język\n7;Łucja;Żółć;501 234 567;l@shop.example;pl\n"
    job = await shop.bring(table.encode("windows-1250"), kind="customers")
    assert (job["reading"]["encoding"], job["reading"]["sure"]) == ("windows-1250", False)
    done = await shop.run(job)
    assert counts(done) == (1, 0, 0, 0)
    [known] = await shop.rows(select(customer))
    assert (known["name"], known["folded"], known["language"]) == ("Łucja Żółć", "lucja zolc", "pl")
    found = await shop.rows(select(identifier))
    assert {(one["kind"], one["value"]) for one in found} == {
        ("external", "7"), ("phone", "+48501234567"), ("email", "l@shop.example"),
    }  # fmt: skip
    assert {one["method"] for one in found} == {"imported"}

    changed = table.replace("Żółć", "Nowak").replace("l@shop", "lucja@shop")
    second = await shop.run(await shop.bring(changed.encode(), kind="customers"))
    assert counts(second) == (0, 1, 0, 0)
    third = await shop.run(await shop.bring(changed.encode("utf-8-sig"), kind="customers"))
    assert counts(third) == (0, 0, 1, 0), "and the first address is still theirs"
    assert len(await shop.rows(select(identifier))) == 4


async def test_json_lines_and_packed_files_are_read_too(shop: Shop):
    lines = (
        '{"order": "x-1", "customer": 5, "date": "2026-03-01T10:00:00+02:00", "amount": 12.5}\n'
        '{"order": "x-2", "customer": 5, "date": "2026-03-02", "amount": "7"}\n'
        "\n"
        "[1]\n"
        '{"order": {"deep": 1}, "customer": 5, "date": "2026-03-02", "amount": "7"}\n'
    )
    job = await shop.bring(gzip.compress(lines.encode()), name="orders.jsonl.gz")
    assert (job["reading"]["format"], job["reading"]["gzip"]) == ("jsonl", True)
    done = await shop.run(job)
    assert counts(done) == (2, 0, 0, 2)
    found = await shop.rows(select(order).order_by(order.c.id))
    assert [one["total_minor"] for one in found] == [1250, 700]
    assert found[0]["at"] == 1_772_352_000_000


async def test_a_wrong_guess_is_corrected_and_the_mapping_kept_for_the_next_file(shop: Shop):
    table = "a|b|c|d\n1|x|02/03/2026|5.10\n"
    job = await shop.bring(table.encode())
    mapping = {"id": "a", "customer": "b", "at": "c", "total": "d"}
    refused = await shop.boss.post(f"/imports/{job['id']}/run", json={"dry": True})
    assert refused.status_code == 400
    changed = await shop.change(job, mapping=mapping, dates="mdy", currency="USD")
    body = {"kind": "orders", "reading": {"dates": "mdy"}, "mapping": mapping}
    kept = await shop.boss.put("/import-mappings/Old%20shop", json=body)
    assert kept.status_code == 200, kept.text
    saved = (await shop.boss.get("/import-mappings?kind=orders")).json()["mappings"]
    assert [(one["name"], one["mapping"]) for one in saved] == [("Old shop", mapping)]
    preview = (await shop.boss.get(f"/imports/{job['id']}/preview")).json()
    assert preview["columns"] == ["a", "b", "c", "d"]
    assert preview["rows"][0]["item"]["at"] == 1_770_076_800_000  # the third of February
    assert counts(await shop.run(changed)) == (1, 0, 0, 0)
    assert (await shop.boss.delete("/import-mappings/Old%20shop?kind=orders")).status_code == 204
    assert (await shop.boss.delete("/import-mappings/Old%20shop?kind=orders")).status_code == 404


async def test_a_mapping_to_a_column_that_is_not_there_ends_in_words(shop: Shop):
    job = await shop.bring(CSV)
    job = await shop.change(job, mapping=job["mapping"] | {"text": "comment"})
    failed = await shop.run(job)
    assert (failed["state"], "comment" in failed["detail"]) == ("failed", True)


async def test_a_file_without_order_numbers_is_taken_once(shop: Shop):
    rows = ["customer_id,date,cds,dollars", "1,19970101,1,11.77", "1,19970101,1,11.77"]
    rows += [f"{n},1997{n % 12 + 1:02}{n % 28 + 1:02},{n % 5},{n}.00" for n in range(2, 40)]
    job = await shop.bring("\n".join(rows).encode())
    assert job["mapping"]["id"] == "="
    job = await shop.change(job, currency="USD")
    assert counts(await shop.run(job)) == (40, 0, 0, 0)
    again = await shop.bring("\n".join(rows).encode())
    again = await shop.change(again, currency="USD")
    assert counts(await shop.run(again)) == (0, 0, 40, 0)
    assert await how_many(shop, order) == 40


async def test_files_go_when_they_are_old_and_when_an_import_is_removed(shop: Shop):
    first, second = await shop.bring(CSV), await shop.bring(CSV)
    await shop.run(first)
    pieces = (await shop.rows(select(import_job)))[0]["pieces"]
    blob = shop.data / "blobs" / pieces[0][:2] / pieces[0]
    assert (await shop.boss.delete(f"/imports/{first['id']}")).status_code == 204
    assert blob.exists(), "another import has the same content"
    assert (await shop.boss.delete(f"/imports/{second['id']}")).status_code == 204
    assert not blob.exists()
    assert (await shop.boss.get("/imports")).json()["imports"] == []


async def test_only_administrators_import_and_rows_are_for_who_brought_them(shop: Shop):
    job = await shop.bring(CSV)
    for role in (Role.SUPERVISOR, Role.AGENT):
        person = await shop.person(role, role)
        for answer in (
            await person.get("/imports"),
            await person.get(f"/imports/{job['id']}/preview"),
            await person.post("/imports?kind=orders&name=x", content=CSV),
            await person.put("/orders/1", json={}),
            await person.get("/api-keys"),
        ):
            assert answer.status_code == 403, answer.url


async def test_limits_are_refused_in_words(shop: Shop):
    empty = await shop.boss.post("/imports?kind=orders&name=x", content=b"")
    assert empty.json()["errors"][0]["code"] == "empty"
    kind = await shop.boss.post("/imports?kind=pets&name=x", content=CSV)
    assert kind.status_code == 400
    packed = b"\x1f\x8b" + b"nonsense" * 10
    broken = await shop.boss.post("/imports?kind=orders&name=x", content=packed)
    assert broken.json()["errors"][0]["code"] == "bad_gzip"
    assert not any(path.is_file() for path in (shop.data / "blobs").rglob("*")), "nothing is kept"
    job = await shop.bring(CSV)
    missing = await shop.boss.get("/imports/nothing")
    assert missing.status_code == 404
    bad_zone = {"reading": {"zone": "Mars/Base"}, "mapping": job["mapping"]}
    answer = await shop.boss.put(f"/imports/{job['id']}", json=bad_zone)
    assert answer.json()["errors"][0]["code"] == "no_zone"


async def test_nobody_else_sees_the_rows_and_the_first_erasure_takes_the_files(shop: Shop):
    table = (
        b"customer id,name,email\n7,Nina Plantedname,nina@planted.example\n,Broken Plantedname,\n"
    )
    job = await shop.bring(table, kind="customers")
    done = await shop.run(job)
    assert counts(done) == (1, 0, 0, 1)
    await shop.boss.put("/orders/A-1", json={
        "customer": "7", "at": 1, "total_minor": 5, "currency": "PLN",
    })  # fmt: skip
    other = await shop.person("other", Role.ADMINISTRATOR)
    preview = (await other.get(f"/imports/{job['id']}/preview")).json()
    lines = (await other.get(f"/imports/{job['id']}/faults.csv")).text
    assert "Plantedname" not in str(preview) + lines
    assert preview["rows"][0]["masked"] is True

    [who] = await shop.rows(select(customer.c.id))
    url = f"/erasures/{who['id']}"
    seen = (await shop.boss.get(url)).json()
    assert (seen["counts"]["orders"], seen["counts"]["import_files"]) == (1, 1)
    erased = await shop.boss.post(url, json={"confirm": who["id"]})
    assert erased.status_code == 200, erased.text
    assert not any(path.is_file() for path in (shop.data / "blobs").rglob("*"))
    assert await how_many(shop, order) == 0
    assert (await shop.boss.get(f"/imports/{job['id']}")).json()["has_file"] is False
    gone = await shop.boss.post(f"/imports/{job['id']}/run", json={"dry": True})
    assert (gone.status_code, gone.json()["code"]) == (409, "file_gone")
