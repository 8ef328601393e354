from pathlib import Path

import pytest

from warmline.bench.voice import percentile
from warmline.bench.voice_exchange import SIZES, MeasuredExchange, NotFetched, fetched
from warmline.bench.voice_load import _heard

DAY = "2026-01-01\t12:00:00.000000"
LOG = f"""\
called {DAY}\t100.000 +48001
called {DAY}\t100.500 +48002
called {DAY}\t101.000 +48003
rung {DAY}\t100.005 +48001 agent-0
rung {DAY}\t100.512 +48002 agent-1
done {DAY}\t103.000 +48001
freed {DAY}\t103.001 +48001 agent-0
rung {DAY}\t103.004 +48003 agent-0
rung {DAY}\t103.104 +48003 agent-1
freed {DAY}\t104.000 +48003 agent-0
done {DAY}\t104.000 +48003
"""


def test_the_telephones_tell_who_waited_how_long():
    heard = _heard(LOG)
    assert heard.ringing_ms() == pytest.approx([5, 12, 2004])
    assert heard.idle_ms(begun=100, until=200) == pytest.approx([3])
    assert heard.idle_ms(begun=103.5, until=200) == []
    assert heard.failed() == 1, "the second one never came to an end"


def test_a_caller_whom_no_telephone_rang_for_has_failed():
    assert _heard(f"called {DAY}\t1.0 +48001\ndone {DAY}\t2.0 +48001\n").failed() == 1


def test_nothing_measured_is_no_figure():
    with pytest.raises(RuntimeError, match="nothing was measured"):
        percentile([], 0.5)


def test_the_exchange_has_its_own_lines_and_our_trunk(tmp_path: Path):
    try:
        fetched("asterisk")
    except NotFetched as reason:
        pytest.skip(str(reason))
    exchange = MeasuredExchange(tmp_path / "asterisk", agents=max(SIZES))
    exchange._write()
    etc = tmp_path / "asterisk" / "etc"
    queues, dialplan = ((etc / name).read_text() for name in ("queues.conf", "extensions.conf"))
    for size in SIZES:
        assert f"exten => peer{size},1,Answer(,i)" in dialplan
        own = queues.split(f"[peer{size}]")[1].split("[peer")[0]
        assert own.count("member => ") == size
        assert "autofill=yes" in queues
    assert (etc / "pjsip.conf").read_text().count("type=aor") == max(SIZES)
