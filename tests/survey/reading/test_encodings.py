import pytest

from exkit.survey.findings import Findings
from exkit.survey.reading.encodings import decode

WORDS = "Zuïd\nBelgië\nCafé de één\nfaçade – ‘oké’ € 5\nÉcole\n"


def decoded(data, declared=None):
    """Decode a file: what it says, its encoding, what was noted and what was wrong."""
    findings = Findings()
    read = decode(data, declared=declared, file="x.csv", findings=findings)
    return read, [note.message for note in findings.notes], [breach.message for breach in findings.breaches]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_comes_out_as_it_went_in(encoding):
    """By its marks, or by the words that it makes."""
    (text, _), _, breaches = decoded(WORDS.encode(encoding))
    assert text == WORDS
    assert breaches == []


@pytest.mark.parametrize("word", ["één", "Zuïd", "naïef", "façade", "België", "ÉÉN", "Curaçao", "Ærø"])
@pytest.mark.parametrize("encoding", ["cp1252", "iso8859-15", "cp850", "mac_roman"])
def test_an_older_encoding_is_read_well_or_asked_for(word, encoding):
    """It is never read wrongly."""
    read, notes, breaches = decoded(word.encode(encoding))
    assert (read is None and len(breaches) == 1) or (read[0] == word and len(notes) == 1)


def test_the_usual_one_is_read_and_noted():
    """Windows, as Excel saves."""
    _, notes, _ = decoded(WORDS.encode("cp1252"))
    assert notes == [
        "x.csv: is not UTF-8 and is read as 'cp1252', in which alone its letters make words. "
        "If names look wrong, declare its encoding in study.yml."
    ]


def test_what_no_encoding_makes_words_of_is_told_with_its_line():
    """Two encodings in one file."""
    _, _, (told,) = decoded("Café\n".encode() + "België\n".encode("cp1252") + "Zuïd".encode("cp850"))
    assert told.startswith("x.csv: is not UTF-8 from line 2 on.")
    assert "`encoding: cp1252`" in told


def test_what_several_make_words_of_is_asked_for():
    """ë of DOS is â on a Mac."""
    _, _, (told,) = decoded("België".encode("cp850"))
    assert "may be cp850 or mac_roman" in told


def test_a_declared_encoding_decides():
    """It is not judged."""
    (text, encoding), notes, _ = decoded("België".encode("cp850"), declared="cp850")
    assert (text, encoding) == ("België", "cp850")
    assert notes == ["x.csv: is read as 'cp850', as study.yml declares."]


@pytest.mark.parametrize("data", ["CafÃ©", "Caf\ufffd", "a\0b"])
def test_spoilt_text_is_refused(data):
    """It was spoilt before it was saved."""
    read, _, (told,) = decoded(data.encode())
    assert read is None
    assert "garbled in line 1" in told


def test_polish_is_not_read_as_french():
    """Letters of Central Europe make no words in Western ones."""
    read, _, breaches = decoded("Łódź\nŚwięta\nżółty".encode("cp1250"))
    assert read is None
    assert len(breaches) == 1
