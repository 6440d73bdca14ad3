"""From bytes to text: UTF-8, or the one encoding in which the file's letters make words.

UTF-8 and UTF-16 can be recognised for certain. Of the older encodings of Western Europe each turns the same bytes into
other letters, so that a wrong one shows: `Zu´d` and `ZuÔd` are no words, `Zuïd` is. Where one reading alone makes words
it is taken and noted; where several do, or none, the encoding is asked for.
"""

from __future__ import annotations

import codecs
import re
import string

from exkit.survey.findings import Findings

PACKED = (b"PK\x03\x04", b"\x1f\x8b")  # how zip files (Excel's too) and gzip files begin
GARBLED = ("\0", "\ufffd", *(f"Ã{mark}" for mark in "©«¨¶¼¯"))  # é, ë, è, ö, ü, ï read in the wrong encoding
OLDER = ("cp1252", "iso8859-15", "cp850", "mac_roman")  # Windows, Unix, DOS, Mac
DECLARE = "Save it as CSV UTF-8, or declare its encoding in study.yml, for example `encoding: cp1252`."

_SMALL = "áàâäãåæçéèêëíìîïñóòôöõøœúùûüýÿßšž"
_LETTERS = set(_SMALL + _SMALL.replace("ß", "").upper() + string.ascii_letters)
_OPENING, _CLOSING, _BETWEEN, _APART = set("‘‚“„«¿¡"), set("”»"), set("’–—-'·\xad"), set("€£§°²³½…•©®™´\xa0")
_UNUSUAL = re.compile(rb"[A-Za-z\x80-\xff'-]*[\x80-\xff][A-Za-z\x80-\xff'-]*")


def decode(data: bytes, *, declared: str | None, file: str, findings: Findings) -> tuple[str, str] | None:
    """Turn bytes into text.

    Parameters
    ----------
    data
        The file.
    declared
        The encoding that `study.yml` declares.
    file
        Its name.
    findings
        Collects what is wrong and what was assumed.

    Returns
    -------
    tuple of str, or None
        The text and its encoding; None if that cannot be known.
    """
    if data.startswith(PACKED):
        advice = "Save it as CSV UTF-8, or give an Excel file its own ending, .xlsx."
        findings.breach(file, "compressed", "is a zip, Excel or gzip file, not CSV", advice=advice)
        return None
    encoding = _unicode(data, file, findings) or _older(data, declared, file, findings)
    if encoding is None:
        return None
    try:
        text = data.decode(encoding).lstrip("\ufeff")
    except UnicodeError as wrong:
        line = data.count(b"\n", 0, getattr(wrong, "start", 0)) + 1
        also = ", which study.yml declares" if encoding == declared else ""
        findings.breach(file, "encoding", f"is neither UTF-8 nor '{encoding}'{also} (line {line})", advice=DECLARE)
        return None
    return None if _is_garbled(text, file, findings) else (text, encoding)


def _unicode(data: bytes, file: str, findings: Findings) -> str | None:
    """Recognise UTF-8 and UTF-16; None if it is neither."""
    if data.startswith(codecs.BOM_UTF8):
        findings.note(file, "bom", "begins with a byte order mark, which is left out")
    utf_16 = _utf_16(data)
    if utf_16:
        findings.note(file, "encoding", "is UTF-16", value=utf_16)
        return utf_16
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _utf_16(data: bytes) -> str | None:
    """Recognise UTF-16 by its byte order mark, or by the empty half of its plain letters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[:4096] if len(data) % 2 == 0 else b""
    halves = {"utf-16-be": (start[0::2], start[1::2]), "utf-16-le": (start[1::2], start[0::2])}
    empty = {name: half.count(0) > 0.7 * len(half) and not other.count(0) for name, (half, other) in halves.items()}
    return next((name for name, is_it in empty.items() if is_it), None)


def _older(data: bytes, declared: str | None, file: str, findings: Findings) -> str | None:
    """Give the encoding of what is not UTF-8: the declared one, else the one that makes words."""
    if declared:
        findings.note(file, "encoding", f"is read as '{declared}', as study.yml declares", value=declared)
        return declared
    strange = set(_UNUSUAL.findall(data))
    readings = {_reading(strange, encoding): encoding for encoding in reversed(OLDER)}
    readings.pop(None, None)
    if len(readings) == 1:
        (found,) = readings.values()
        text = f"is not UTF-8 and is read as '{found}', in which alone its letters make words"
        advice = "If names look wrong, declare its encoding in study.yml."
        findings.note(file, "encoding", text, advice=advice, value=found)
        return found
    several = f" and may be {' or '.join(sorted(readings.values()))}" if readings else ""
    line = _first_line(data)
    findings.breach(file, "encoding", f"is not UTF-8 from line {line} on{several}", advice=DECLARE)
    return None


def _first_line(data: bytes) -> int:
    """Give the first line that is not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return data.count(b"\n", 0, wrong.start) + 1
    return 1


def _reading(strange: set[bytes], encoding: str) -> tuple[str, ...] | None:
    """Read the unusual words of a file in an encoding; None if one of them is no word."""
    try:
        words = tuple(word.decode(encoding) for word in sorted(strange))
    except UnicodeDecodeError:
        return None
    return words if all(map(_is_word, words)) else None


def _is_word(word: str) -> bool:
    """Tell whether letters and marks stand where writers put them."""
    runs = "".join(mark if mark in _LETTERS else " " for mark in word).split()
    usual = (run.islower() or run.isupper() or (run[0].isupper() and run[1:].islower()) for run in runs)
    marks = zip(f" {word[:-1]}", word, f"{word[1:]} ", strict=True)
    return all(usual) and all(_stands(mark, before in _LETTERS, after in _LETTERS) for before, mark, after in marks)


def _stands(mark: str, follows: bool, precedes: bool) -> bool:
    """Tell whether a mark stands well between what follows a letter and precedes one."""
    if mark in _LETTERS or mark in _BETWEEN:
        return True
    if mark in _OPENING:
        return not follows
    if mark in _CLOSING:
        return not precedes
    return mark in _APART and not (follows and precedes)


def _is_garbled(text: str, file: str, findings: Findings) -> bool:
    """Report text that has nothing in it, or that was spoilt before it was saved."""
    if not text.strip():
        findings.breach(file, "empty_file", "is empty: there are no data in it", advice="Export it again.")
        return True
    spoilt = next((mark for mark in GARBLED if mark in text), None)
    if spoilt is None:
        return False
    line = text.count("\n", 0, text.index(spoilt)) + 1
    advice = "It was saved in another encoding than it was written in; export it again as CSV UTF-8."
    findings.breach(file, "encoding", f"letters are garbled in line {line}", advice=advice)
    return True
