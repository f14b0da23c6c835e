"""Cases to judgements, in order, by this process or by several: the same bytes either way."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Final

from ndm_advisor.cli.app import COLLECT_EVERY
from ndm_advisor.cli.batch.judge import Judge, Judged, Plan
from ndm_advisor.cli.batch.sources import Item
from ndm_advisor.errors import KnowledgeError

_CHUNK: Final = 16  # cases handed over at once
_AHEAD: Final = 2  # chunks under way for each process: memory stays flat however many cases

_PIPE_BYTES: Final = 1 << 20  # what Linux grants to everybody, and three chunks of usual answers

_Done = tuple[list[Judged], tuple[str, ...]]
_judges: Final[dict[Plan, Judge]] = {}  # of a worker process: its own, made at the first chunk


def judged(found: Iterable[Item], judge: Judge, *, jobs: int) -> Iterator[list[Judged]]:
    """Judge every case, in the order given, some at a time.

    Raises:
        KnowledgeError: the base changed while a process of its own was starting.
    """
    source = iter(found)
    if jobs == 1:
        gc.freeze()  # the base stays: no search for garbage looks at it again
        while chunk := list(islice(source, _CHUNK)):
            yield judge.all(chunk)
        return
    plan = judge.plan._replace(knowledge_sha256=judge.knowledge.sha256)
    waiting: deque[Future[_Done]] = deque()
    # a fresh interpreter each: the same on every system, and nothing of this one leaks in
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)
    _widen(pool)
    try:
        while True:
            while len(waiting) < jobs * _AHEAD and (chunk := list(islice(source, _CHUNK))):
                waiting.append(pool.submit(_judge_chunk, plan, chunk))
            if not waiting:
                return
            yield _results(waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _widen(pool: ProcessPoolExecutor) -> None:
    """Let a chunk's answers fit into the pipe whole: else a worker waits until they are read.

    Linux alone has such a call, and the pool keeps its pipe to itself; without it a run is only
    slower, by a thirtieth.
    """
    pipe = getattr(getattr(pool, "_result_queue", None), "_reader", None)
    if sys.platform == "linux" and pipe is not None:
        import fcntl  # noqa: PLC0415  # not on every system

        with contextlib.suppress(OSError):  # the system's limit is lower
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _results(future: Future[_Done]) -> list[Judged]:
    done, problems = future.result()
    if problems:
        raise KnowledgeError(problems)
    return done


def _begin() -> None:
    """Ctrl-C is for the process that was started: it ends the others, and they end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(COLLECT_EVERY)  # as in the process that was started
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool whose owner was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_chunk(plan: Plan, chunk: list[Item]) -> _Done:
    try:
        judge = _judges.get(plan)
        if judge is None:
            judge = _judges[plan] = Judge(plan)
            gc.freeze()  # the base stays: no search for garbage looks at it again
    except KnowledgeError as error:
        return [], error.problems
    return judge.all(chunk), ()
