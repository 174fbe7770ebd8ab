"""What bodies of one process may fill together, also those that are whole and wait for a thread."""

from __future__ import annotations

from types import SimpleNamespace

from asset_service.http_worker import UNFINISHED_BYTES, Connection, Listener

HALF = UNFINISHED_BYTES // 2


def _connection(*bodies: int, unfinished: int = 0, is_served: bool = False) -> Connection:
    one = Connection.__new__(Connection)
    one.requests = [SimpleNamespace(body_bytes_received=size) for size in bodies]
    one.request = SimpleNamespace(body_bytes_received=unfinished) if unfinished else None
    one.is_served, one.will_close, one.total_outbufs_len, one.body_since = is_served, False, 0, 0.0
    one.is_overdue = lambda _now: False
    return one


def _closed(*connections: Connection) -> list[bool]:
    listener = Listener.__new__(Listener)
    listener.active_channels = dict(enumerate(connections))
    listener.maintenance(0.0)
    return [one.will_close for one in connections]


def test_bodies_that_wait_for_a_thread_count_with_the_unfinished_ones():
    """Before, any number of whole bodies could wait: the disk of a workshop's machine is full within a minute."""
    assert _closed(_connection(HALF + 2), _connection(HALF + 1), _connection(7)) == [True, False, False]
    assert _closed(_connection(HALF), _connection(unfinished=HALF + 1)) == [False, True]
    assert _closed(_connection(1, HALF, HALF), _connection(1)) == [True, False], "pipelined"


def test_a_body_that_is_being_answered_is_left_alone():
    assert _closed(_connection(UNFINISHED_BYTES, is_served=True), _connection(HALF)) == [False, False]
    assert _closed(_connection(1, UNFINISHED_BYTES + 1, is_served=True)) == [True], "what is pipelined behind it"
