"""The embedded engine in a process of its own: the one module that imports `xllamacpp`.

`sim.embedded` starts this file and reads one JSON line from its standard output when the server
answers. It imports nothing of ours. The settings are those with which equal requests, sent one
after another, were found to give bitwise equal numbers: docs/decisions/0002-embedded-model.md.
"""

import ctypes
import json
import os
import signal
import sys
import threading
import time
from typing import Any

import xllamacpp

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
_ERRORS_ONLY = 1
_POLL_SECONDS = 1.0


def parameters(order: dict[str, Any]) -> Any:  # noqa: ANN401 (the library has no types)
    """The engine's parameters.

    Args:
        order: path, name, slots, slot_tokens, threads and port.
    """
    chosen = xllamacpp.CommonParams()
    chosen.model.path = order["path"]
    chosen.model_alias = {order["name"]}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = order["port"]
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = order["threads"]
    chosen.n_parallel = order["slots"]
    chosen.n_ctx = order["slots"] * order["slot_tokens"]
    # A prompt is evaluated in one piece: split ones take kernels that round differently.
    chosen.n_ubatch = order["slot_tokens"]
    chosen.kv_unified = False
    chosen.cache_type_k = chosen.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    chosen.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    # No state moves between slots and memory: what a slot holds is what was last asked of it.
    chosen.cache_ram_mib = 0
    chosen.cache_idle_slots = False
    # Neither free memory nor a graphics card may change the numbers.
    chosen.fit_params = False
    chosen.n_gpu_layers = 0
    chosen.no_op_offload = True
    chosen.offline = True
    chosen.ui = False
    # No web page that the user visits may talk to the model.
    chosen.cors_origins = "http://127.0.0.1"
    chosen.verbosity = _ERRORS_ONLY
    return chosen


def main() -> None:
    """Serve until the parent closes our standard input, or ends in any way."""
    order = json.loads(sys.argv[1])
    answer = os.dup(1)
    os.dup2(2, 1)  # Whatever the engine prints belongs to the log, not to the answer.
    _die_with(order["parent"])
    server = xllamacpp.Server(parameters(order))
    ready = {
        "address": server.listening_address,
        "engine": f"xllamacpp {xllamacpp.__version__}",
        "system": " ".join(str(xllamacpp.get_system_info()).split()),
    }
    # From here on we watch ourselves: the kernel's signal would also come when the mere thread
    # that started us ends, which it may as soon as it has its answer.
    _parent_death_signal(0)
    os.write(answer, json.dumps(ready).encode() + b"\n")
    os.close(answer)
    _watch(order["parent"])


def _die_with(parent: int) -> None:
    """While the model loads no Python thread runs, so only the kernel can end us."""
    _parent_death_signal(signal.SIGKILL)
    if os.getppid() != parent:  # It ended before it could be watched.
        os._exit(1)


def _watch(parent: int) -> None:
    threading.Thread(target=_exit_at_end_of_input, name="parent watch", daemon=True).start()
    # The pipe alone is not enough: a forked sibling may hold its other end open.
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(0)


def _exit_at_end_of_input() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


def _parent_death_signal(number: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, number, 0, 0, 0)


if __name__ == "__main__":
    main()
