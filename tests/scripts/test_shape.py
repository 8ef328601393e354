import pytest

from scripts.shape import complaints


def written(folder, text, name="thing.py"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_good_file_has_no_complaints(tmp_path):
    assert complaints(written(tmp_path, '"""A queue."""\n\n\ndef first():\n    return 1\n')) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1\n", "what this module is"),
        ('"""A."""\n' + "x = 1\n" * 500, "501 lines"),
        ('"""A."""\ndef long():\n' + "    x = 1\n" * 70, "long has 71 lines"),
        ('"""A."""\nclass QueueManager: ...\n', "QueueManager is a vague name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, complaint):
    [found] = complaints(written(tmp_path, text))
    assert complaint in found


def test_a_docstring_does_not_make_a_function_long(tmp_path):
    text = '"""A."""\ndef told():\n    """' + "word\n" * 90 + '"""\n    return 1\n'
    assert complaints(written(tmp_path, text)) == []


def test_a_clock_is_found_in_the_core_and_allowed_elsewhere(tmp_path):
    text = '"""A."""\nimport datetime\nnow = datetime.now()\n'
    assert complaints(written(tmp_path, text, "engine/clock.py")) == []
    [found] = complaints(written(tmp_path, text, "core/clock.py"))
    assert "the core has no clock" in found
