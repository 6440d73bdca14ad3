from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.appear import appear, local_path, private_folder, slug


def test_a_file_appears_with_its_whole_content(tmp_path: Path):
    """What is at the final path is what was given, and the folder was made."""
    with private_folder(tmp_path) as work:
        at = appear(b"whole", at=tmp_path / "nl" / "page.html", work=work)
    assert at.read_bytes() == b"whole"


def test_a_private_folder_is_gone_afterwards(tmp_path: Path):
    """Nothing is left beside what appeared, also when the work fails."""
    with pytest.raises(IsADirectoryError), private_folder(tmp_path) as work:
        work.write_text("half")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_dead_process_is_swept(tmp_path: Path):
    """A run that was killed leaves its folder; the next run removes it."""
    left = tmp_path / ".exkit-work-999999999-abc"
    left.mkdir()
    with private_folder(tmp_path):
        assert not left.exists()


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path):
    """Another run at the same time keeps its folder."""
    other = tmp_path / ".exkit-work-1-abc"
    other.mkdir()
    with private_folder(tmp_path):
        assert other.exists()


def test_a_symbolic_link_is_not_written_through(tmp_path: Path):
    """A link at the final path could lead anywhere."""
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "page.html").symlink_to(target)
    with private_folder(tmp_path) as work, pytest.raises(ExkitError, match="symbolic link"):
        appear(b"new", at=tmp_path / "page.html", work=work)
    assert target.read_text() == "precious"


def test_a_folder_is_not_written_over(tmp_path: Path):
    """A page is a file."""
    with private_folder(tmp_path / "work") as work, pytest.raises(ExkitError, match=r"is a folder\. Name the file"):
        appear(b"page", at=tmp_path, work=work)


def test_a_linked_folder_is_not_written_into(tmp_path: Path):
    """A folder that is a link could lead anywhere too."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "nl").symlink_to(tmp_path / "elsewhere")
    with private_folder(tmp_path) as work, pytest.raises(ExkitError, match="symbolic link"):
        appear(b"new", at=tmp_path / "nl" / "page.html", work=work)


@pytest.mark.parametrize("address", ["https://example.org/x", "s3://bucket/x", "file:///etc/passwd", "abfs://x"])
def test_an_address_is_not_a_path(address: str):
    """Nothing is fetched from or sent to another machine."""
    with pytest.raises(ExkitError, match="is an address"):
        local_path(address)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "CON.", "{x}", "x\0y", "é" * 300, "", "日本"])
def test_a_slug_is_safe_in_any_folder(name: str):
    """Whatever the name, its slug stays in the folder and is short."""
    made = slug(name)
    assert made
    assert len(made) <= 60
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
