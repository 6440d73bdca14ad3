import base64
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.logo import LARGEST, PNG, data_address

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


def test_a_logo_becomes_an_address_that_holds_it(tmp_path: Path):
    """Nothing is left to fetch."""
    path = tmp_path / "logo.svg"
    inside = '<style>.a{fill:url(#g)}</style><use xlink:href="#g"/><image href="data:image/png;base64,AA"/>'
    path.write_text(SVG.format(inside))
    address = data_address(path)
    assert address.startswith("data:image/svg+xml;base64,")
    assert base64.b64decode(address.partition(",")[2]) == path.read_bytes()


def test_a_png_is_known_by_its_first_bytes(tmp_path: Path):
    """Whatever it is called."""
    (tmp_path / "logo.bin").write_bytes(PNG + b"rest")
    assert data_address(tmp_path / "logo.bin").startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<g onload="alert(1)"/>',
        "<foreignObject/>",
        '<a href="javascript:alert(1)"/>',
        '<image href="https://example.org/x.png"/>',
        '<image xlink:href="//example.org/x.png"/>',
        '<use href="other.svg#a"/>',
        '<image href="data:image/svg+xml;base64,AA"/>',
        "<style>@import 'x.css'</style>",
        "<style>.a{fill:url( 'https://example.org')}</style>",
        '<g style="fill:url(x.svg#a)"/>',
        '<set attributeName="href" to="https://example.org"/>',
    ],
)
def test_a_logo_that_is_more_than_a_picture_is_refused(tmp_path: Path, inside: str):
    """Scripts, and anything that points outside."""
    (tmp_path / "logo.svg").write_text(SVG.format(inside))
    with pytest.raises(ExkitError, match=r"a logo may (only be looked at|point to nothing outside itself)"):
        data_address(tmp_path / "logo.svg")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aa">]><svg/>', "save it as plain SVG"),
        ("<?xml-stylesheet href='x.css'?><svg/>", "save it as plain SVG"),
        ("<html/>", "is neither an SVG nor a PNG"),
        ("GIF89a", "is neither an SVG nor a PNG"),
        ("", "is neither an SVG nor a PNG"),
        ("<svg>\0</svg>", "is neither an SVG nor a PNG"),
        ("<svg>" + " " * LARGEST + "</svg>", "more than 50,000"),
    ],
)
def test_a_file_that_will_not_do_is_told(tmp_path: Path, content: str, told: str):
    """In a sentence that says what it lacks."""
    (tmp_path / "logo.svg").write_text(content)
    with pytest.raises(ExkitError, match=told):
        data_address(tmp_path / "logo.svg")


def test_a_misspelt_logo_gets_the_nearest_one(tmp_path: Path):
    """As any other name."""
    (tmp_path / "logo.svg").write_text("<svg/>")
    with pytest.raises(ExkitError, match=r"Did you mean 'logo\.svg'"):
        data_address(tmp_path / "lgo.svg")
