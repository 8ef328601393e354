from scripts import reference
from scripts.reference import TRANSITIONS, outdated, phases
from warmline.core.words import Phase


def test_the_committed_reference_says_what_the_code_says():
    assert outdated() == [], "run `make reference` and commit docs/reference"


def test_a_change_by_hand_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    (tmp_path / "events.md").write_text("invented\n")
    (tmp_path / "old.md").write_text("left over\n")
    assert reference.outdated() == ["events.md", "old.md"]
    assert reference.main(["--check"]) == 1


def test_every_phase_but_the_first_is_drawn_with_a_way_in():
    drawn = phases()
    assert all(f"--> {phase}:" in drawn for phase in Phase)
    assert all(f"{old} --> {new}: {by.__name__}" in drawn for (old, by), new in TRANSITIONS.items())
