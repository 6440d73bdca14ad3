"""The report of a check as a page: the same look as every other, and nothing in it but what was found."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.publish.appear import appear, need_real, private_folder

if TYPE_CHECKING:
    import pandas as pd

    from exkit.survey.check import Checked


def publish_check(checked: Checked, suspicions: pd.DataFrame, *, dataset: Path, language: str, at: Path) -> Path:
    """Write the report of a check.

    Parameters
    ----------
    checked
        From `exkit.survey.check.check`.
    suspicions
        From `exkit.survey.doubting.suspicions.suspicions`.
    dataset
        The folder that was checked.
    language
        Language of the reader.
    at
        The page to write, no symbolic link.

    Returns
    -------
    Path
        The page.
    """
    from exkit.present.checking import check_report
    from exkit.present.words import translator
    from exkit.publish.render import Page, render_check

    need_real(at)
    _, about = translator(language), checked.contents.get("about", {})
    titles, name = about.get("title", {}), dataset.resolve().name
    digest = f" ({checked.study_parts['digest'][:12]})" if checked.study_parts else ""
    software = f"exkit {version('exkit')}, pandas {version('pandas')}, Python {platform.python_version()}"
    page = Page(
        title=_("Can these data be used?"),
        language=language,
        dataset=titles.get(language) or next(iter(titles.values()), name),
        synthetic=about.get("synthetic", False),
        provenance={_("Data"): f"{name}{digest}", _("Software"): software},
    )
    content = render_check(check_report(checked, suspicions, language=language), page=page)
    with private_folder(at.parent) as work:
        return appear(content, at=at, work=work)
