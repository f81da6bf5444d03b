"""The processors that one machine can stand for, by the variables that make libraries believe it.

OpenBLAS has no code of its own for Zen, it takes Haswell's; and no more threads than the machine
has cores.
"""

from __future__ import annotations

from pathlib import Path

AS_IT_IS = "as it is"


def _processor(
    core: str, level: str, isa: str, xla: str, threads: int, **more: str
) -> dict[str, str]:
    """Return the variables that make OpenBLAS, NumPy, oneDNN and XLA believe in one processor."""
    return {
        "OPENBLAS_CORETYPE": core,
        "NPY_DISABLE_CPU_FEATURES": level,
        "ONEDNN_MAX_CPU_ISA": isa,
        "XLA_FLAGS": f"--xla_cpu_max_isa={xla}",
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        # Threads that wait should sleep: two runs share the machine.
        "OPENBLAS_THREAD_TIMEOUT": "4",
        "OMP_WAIT_POLICY": "PASSIVE",
        **more,
    }


# Every setting that moved a digit in the first edition stands in at least one of the six runs. What
# moved it is found by running one of them alone. More threads are slow: two runs share the machine.
PROCESSORS: dict[str, dict[str, str]] = {
    AS_IT_IS: {},
    "Nehalem, 1 thread": _processor("Nehalem", "X86_V3 X86_V4", "SSE41", "SSE4_2", 1),
    "Sandybridge, 1 thread": _processor("Sandybridge", "X86_V3 X86_V4", "AVX", "AVX", 1),
    "SkylakeX, 1 thread": _processor("SkylakeX", "AVX512_SPR", "AVX512_CORE", "AVX512", 1),
    "Zen, no oneDNN, 2 threads": _processor(
        "Zen", "X86_V4", "AVX2", "AVX2", 2, TF_ENABLE_ONEDNN_OPTS="0"
    ),
    # And without the fixed orders that the course's own commands ask of TensorFlow.
    "Haswell, 4 threads": _processor(
        "Haswell", "X86_V4", "AVX2", "AVX2", 4, TF_DETERMINISTIC_OPS="0"
    ),
}
OLDEST = "Nehalem, 1 thread"
# What a processor must have to stand for one of these, as Linux names it.
NEEDS = {"SSE41": "sse4_1", "AVX": "avx", "AVX2": "avx2", "AVX512_CORE": "avx512f"}


def available() -> dict[str, dict[str, str]]:
    """Return the processors that this machine can stand for: none newer than itself."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text(encoding="utf-8").split()) if cpuinfo.exists() else set()
    return {
        name: settings
        for name, settings in PROCESSORS.items()
        if not settings or NEEDS[settings["ONEDNN_MAX_CPU_ISA"]] in flags
    }
