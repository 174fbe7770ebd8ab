"""Work for every core whose result is known: a processor or memory that errs under load gives another one."""

from __future__ import annotations

import hashlib
import math
import os
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_BLOCK_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class ProcessorLoad:
    """``rounds`` of work done over all cores, and in how many of them the result was wrong."""

    threads: int
    rounds: int
    wrong: int


def _work(block: bytes) -> tuple[bytes, bytes, float]:
    """One round: hashing and packing (both outside Python's lock, so that all cores work) and floating point."""
    packed = zlib.compress(block, 6)
    hashed = hashlib.sha512(zlib.decompress(packed)).digest()
    floats = math.fsum(math.sin(number) * math.sqrt(number) / (number + 1.0) for number in range(500))
    return hashed, hashlib.blake2b(packed).digest(), floats


def load(stop: threading.Event) -> ProcessorLoad:
    """Keep every core busy until ``stop`` is set; at least one round a core is done."""
    block = b"".join(hashlib.sha512(number.to_bytes(4, "big")).digest() * 16 for number in range(_BLOCK_BYTES // 1024))
    expected = _work(block)
    threads = len(os.sched_getaffinity(0))

    def one_core() -> tuple[int, int]:
        rounds = wrong = 0
        while not rounds or not stop.is_set():
            rounds += 1
            wrong += _work(block) != expected
        return rounds, wrong

    with ThreadPoolExecutor(max_workers=threads) as pool:
        done = [future.result() for future in [pool.submit(one_core) for _ in range(threads)]]
    return ProcessorLoad(threads, sum(rounds for rounds, _ in done), sum(wrong for _, wrong in done))
