"""What passes and is never stored, such as typing: handed on in process, at once."""

from collections.abc import Callable

from warmline.ports import Signal


class InProcessSignals:
    """The `Signals` of one process; a receiver must be quick and must not wait."""

    def __init__(self) -> None:
        self._receivers: list[Callable[[Signal], None]] = []

    def send(self, signal: Signal) -> None:
        """Give the signal to everybody who listens."""
        for receiver in tuple(self._receivers):
            receiver(signal)

    def listen(self, receiver: Callable[[Signal], None]) -> Callable[[], None]:
        """Call `receiver` with every signal; returns how to stop that."""
        self._receivers.append(receiver)
        return lambda: self._receivers.remove(receiver)
