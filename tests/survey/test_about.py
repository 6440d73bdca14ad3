import pytest

from exkit.survey.about import read_about
from exkit.survey.findings import Findings


def about(tmp_path, text):
    """Read a `study.yml` with this text: what it says, and what is wrong with it."""
    (tmp_path / "study.yml").write_text(text)
    findings = Findings()
    return read_about(tmp_path, findings), [breach.message for breach in findings.breaches]


def test_a_dataset_without_study_yml_has_the_usual_settings(tmp_path):
    """Real data, nothing declared."""
    said = read_about(tmp_path, Findings())
    assert (said["synthetic"], said["decimal"], said["encoding"]) == (False, None, None)


def test_titles_are_given_by_language(tmp_path):
    """A title in Dutch and in English."""
    said, _ = about(tmp_path, "title: {en: Staff survey, nl: Medewerkeronderzoek}")
    assert said["title"]["nl"] == "Medewerkeronderzoek"


def test_the_fieldwork_may_be_told_in_each_language_or_once(tmp_path):
    """What is told once stands in both."""
    said, _ = about(tmp_path, "fieldwork: {en: May 2025, nl: mei 2025}\nsponsor: ACME")
    assert said["fieldwork"] == {"en": "May 2025", "nl": "mei 2025"}
    assert said["sponsor"] == {"en": "ACME", "nl": "ACME"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("titel: {en: x}", "study.yml: no setting 'titel'. Did you mean 'title'?"),
        ("encoding: utf-99", "there is no encoding 'utf-99'"),
        ("synthetic: yes", "'synthetic'"),
        ("decimal: ';'", "'decimal'"),
        ("title: Staff survey", "'title'"),
        ("- a list", "holds no settings"),
        ("synthetic: true\nsynthetic: false", "is not valid YAML in line 2"),
        ("title: [", "is not valid YAML"),
        ("title: !!python/object/apply:os.getcwd []", "is not valid YAML"),
    ],
)
def test_what_is_wrong_in_study_yml_is_told(tmp_path, text, told):
    """Each mistake gives one breach that names the setting or the line."""
    _, breaches = about(tmp_path, text)
    assert len(breaches) == 1
    assert told in breaches[0]


def test_all_mistakes_are_told_at_once(tmp_path):
    """Two wrong settings, two breaches."""
    _, breaches = about(tmp_path, "titel: x\ninvited: many")
    assert len(breaches) == 2
