"""Measurements. `python -m benchmarks` runs all of them; nothing here is a test."""

from typing import Final

PARTS: Final = {
    "answer": "benchmarks.answer",
    "throughput": "benchmarks.throughput",
    "memory": "benchmarks.memory",
    "import": "benchmarks.import_stream",
    "start": "benchmarks.startup",
    "zen": "benchmarks.rule_engine",
}
