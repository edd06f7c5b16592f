"""Fetch one file of the Hugging Face hub, in a process of its own.

`sim.sources` starts this file and reads one JSON line from its standard output. It is a process
because the library reads its environment when it is imported, raises errors of the HTTP client of
the day, and is slow to import. It imports nothing of ours.
"""

import json
import os
import sys
from pathlib import Path
from types import TracebackType

import huggingface_hub


def fetch(order: dict[str, str]) -> dict[str, str | None]:
    """Download the file; a transfer that breaks off is resumed a few times.

    Args:
        order: repository, file, revision and the folder that the file goes to.

    Returns:
        `path`, and `etag`: the SHA-256 that the hub announces for a large file.
    """
    endpoint = os.environ.get("HF_ENDPOINT") or None
    # Keys come from the environment only: False keeps the library from its own token file.
    token = os.environ.get("HF_TOKEN") or False
    url = huggingface_hub.hf_hub_url(
        order["repository"], order["file"], revision=order["revision"], endpoint=endpoint
    )
    announced = huggingface_hub.get_hf_file_metadata(url, token=token)
    path = huggingface_hub.hf_hub_download(
        order["repository"],
        order["file"],
        # The commit just seen, so that the file is the one the digest was announced for.
        revision=announced.commit_hash or order["revision"],
        local_dir=Path(order["folder"]),
        endpoint=endpoint,
        token=token,
    )
    return {"path": str(path), "etag": announced.etag}


def _tell_in_one_line(
    kind: type[BaseException], error: BaseException, _: TracebackType | None
) -> None:
    sys.stderr.write(f"{kind.__name__}: {' '.join(str(error).split())}\n")


if __name__ == "__main__":
    sys.excepthook = _tell_in_one_line
    sys.stdout.write(json.dumps(fetch(json.loads(sys.argv[1]))) + "\n")
