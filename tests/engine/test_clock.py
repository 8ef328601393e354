"""The clock goes forward only, whatever is done to the wall's."""

from warmline.engine.clock import WallClock


class Machine:
    wall = 1_000_000
    steady = 500

    def pass_ms(self, wall, steady):
        self.wall += wall
        self.steady += steady


def clock_of(machine):
    return WallClock(wall=lambda: machine.wall, steady=lambda: machine.steady)


def test_starts_at_the_wall_and_goes_on_by_the_steady_counter():
    machine = Machine()
    clock = clock_of(machine)
    assert clock.now() == 1_000_000
    machine.pass_ms(1000, 1000)
    assert clock.now() == 1_001_000


def test_a_wall_set_back_is_not_followed():
    machine = Machine()
    clock = clock_of(machine)
    machine.pass_ms(-3_600_000, 10)
    assert clock.now() == 1_000_010
    machine.pass_ms(50, 50)
    assert clock.now() == 1_000_060


def test_a_wall_set_forward_is_followed_and_time_goes_on_from_there():
    machine = Machine()
    clock = clock_of(machine)
    machine.pass_ms(3_600_000, 10)
    assert clock.now() == 4_600_000
    machine.pass_ms(-3_600_000, 10)
    assert clock.now() == 4_600_010
