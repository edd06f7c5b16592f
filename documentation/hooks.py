"""What MkDocs does beside: linked files come into the site, and nothing comes from a network.

Pages link to files outside of `docs/` as they stand in the repository, `../examples/own_metric.py`,
so that the links work there. The site has no repository at hand: such a file is copied into
`files/` and the link turned to it; a link to a folder becomes one to each of its files.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ROOT = Path(__file__).parents[1]
_LOADED = re.compile(r"""<(?:script|img|link|iframe)\b[^>]*?(?:src|href)=["']?https?://[^>]*>""")
_LINK = re.compile(r"\[(?P<words>[^\]]*)\]\((?P<target>\.\./[^)#\s]+)\)")
COPIED = ("examples",)
"""Folders of the repository that pages may link to."""


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site whose pages load anything from elsewhere.

    Raises:
        PluginError: names the page.
    """
    for page in sorted(Path(config.site_dir).rglob("*.html")):
        found = _LOADED.search(page.read_text(encoding="utf-8"))
        if found:
            raise PluginError(f"{page}: loads something from elsewhere: {found[0]}")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what may be linked to."""
    for folder in COPIED:
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".toml", ".csv", ".jsonl", ".ipynb"}:
                place = f"files/{path.relative_to(_ROOT).as_posix()}"
                files.append(File.generated(config, place, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that leave `docs/` to the copies."""
    here = posixpath.dirname(page.file.src_uri)

    def turned(found: re.Match[str]) -> str:
        outside = posixpath.normpath(posixpath.join("docs", here, found["target"]))
        if not outside.startswith(tuple(f"{folder}/" for folder in COPIED)):
            return found[0]
        copies = [
            file.src_uri
            for file in files
            if file.src_uri == f"files/{outside}" or file.src_uri.startswith(f"files/{outside}/")
        ]
        links = [
            f"[{found['words'] if len(copies) == 1 else posixpath.basename(copy)}]"
            f"({posixpath.relpath(copy, here or '.')})"
            for copy in copies
        ]
        return ", ".join(links) or found[0]

    return _LINK.sub(turned, markdown)
