"""A logo travels inside the page, so it must be small and may do nothing but be looked at.

A PNG is taken for what its first bytes say. An SVG is a document: one that holds a script, or points to anything
outside itself, is refused rather than cleaned.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from exkit.errors import ExkitError, nearest

LARGEST = 50_000
"""Bytes that a logo may have: each page carries it."""
PNG = b"\x89PNG\r\n\x1a\n"
ALIVE = {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "animate", "set"}
"""Elements of an SVG that may do something."""
INSIDE = re.compile(r"#|data:image/(?:png|jpeg);base64,")
"""What an address in an SVG may begin with: a part of the same file, or a picture that it carries."""
ADDRESS = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:|image-set\(", re.IGNORECASE)


def data_address(path: Path) -> str:
    """Check a logo and write it as an address that holds the picture itself.

    Parameters
    ----------
    path
        An SVG or PNG file.

    Returns
    -------
    str
        A `data:` address.

    Raises
    ------
    ExkitError
        If there is no such file, or it is too large, neither SVG nor PNG, or not only a picture.
    """
    if not path.is_file():
        there = [found.name for found in path.parent.glob("*") if found.suffix in (".svg", ".png")]
        raise ExkitError(f"no file '{path.name}' there.{nearest(path.name, there)}")
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise ExkitError(f"'{path.name}' has {len(content):,} bytes, more than {LARGEST:,}. Every page carries it.")
    kind = "png" if content.startswith(PNG) else "svg+xml"
    if kind == "svg+xml" and (wrong := next(_faults(content), "")):
        raise ExkitError(f"'{path.name}' {wrong}.")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _faults(content: bytes) -> Iterator[str]:
    """Say why a file is not an SVG that is only looked at."""
    if b"\0" in content:
        yield "is neither an SVG nor a PNG"
    if b"<!DOCTYPE" in content.upper() or b"<?XML-STYLESHEET" in content.upper():
        yield "has a document type or a style sheet of its own: save it as plain SVG"
    try:
        drawing = ET.fromstring(content)  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError:
        yield "is neither an SVG nor a PNG"
        return
    if _name(drawing.tag) != "svg":
        yield "is neither an SVG nor a PNG"
    for element in drawing.iter():
        yield from _faults_in(element)


def _faults_in(element: ET.Element) -> Iterator[str]:
    name = _name(element.tag)
    if name in ALIVE:
        yield f"holds <{name}>: a logo may only be looked at"
    for key, value in element.attrib.items():
        if _name(key).startswith("on"):
            yield f"holds '{_name(key)}', which runs a script: a logo may only be looked at"
        if _name(key) in ("href", "src") and not INSIDE.match(value.strip()):
            yield f"points to '{value[:40]}': a logo may point to nothing outside itself"
    if any(ADDRESS.search(text) for text in (*element.attrib.values(), element.text or "")):
        yield "loads something in its style: a logo may point to nothing outside itself"


def _name(tag: str) -> str:
    """Name an element or attribute without its namespace, in lower case."""
    return str(tag).rpartition("}")[2].lower()
