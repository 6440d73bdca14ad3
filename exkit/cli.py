"""The command line: a handful of verbs, and the only place that prints or exits.

Pages and answers go to standard output, progress and complaints to standard error. The exit status is 0 when all went
well, 1 when a page failed or data have breaches, 2 when what was asked is wrong, 130 and 143 when interrupted or
terminated.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exkit.errors import ExkitError
from exkit.publish.interrupt import listen, stop_if_interrupted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from exkit.publish.job import Outcome
    from exkit.publish.publish import Published

FAILED, WRONG = 1, 2

app = typer.Typer(
    help="Notebooks that ask whether customers notice what employees experience, made into reports.",
    epilog="Start with: exkit publish reports/annual-2025.yml",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
)


@app.command(epilog="Example: exkit publish reports/annual-2025.yml")
def publish(
    edition: Annotated[Path, typer.Argument(help="The edition's file, such as reports/annual-2025.yml.")],
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An organisation, a sector or a notebook, and what its page needs; repeat."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="At most so many sectors, and so many organisations; to try it out.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Notebooks side by side. Left out: one per processor, at most four.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would be made and what would be withheld.")
    ] = False,
) -> None:
    """Make all pages of an edition, in the folder of the same name beside its file.

    Everything is checked before anything is executed. What has not changed since the last time is not made again. A
    page that fails is told and kept aside in failed/; the others appear.
    """
    console = _console()
    with console.status("Starting …"):
        from exkit.publish.publish import Choice, foresee
        from exkit.publish.publish import publish as make

    choice = Choice(only=tuple(only or ()), limit=limit, workers=workers)
    with _progress(console) as progress:
        asked = progress.add_task("Running chapters", total=None)
        made = progress.add_task("Making pages", total=None, visible=False)

        def on_asked(n: int, total: int) -> None:
            progress.update(asked, completed=n, total=total, visible=n < total)

        def on_page(outcome: Outcome, total: int) -> None:
            progress.update(made, advance=1, total=total, visible=True)
            console.print(_line(outcome), markup=False)

        if check:
            done = foresee(edition, choice=choice, on_asked=on_asked)
        else:
            done = make(edition, choice=choice, on_page=on_page, on_asked=on_asked)
    for outcome in done.outcomes if check else ():
        print(f"{'to make    ' if outcome.made else 'up to date '} {outcome.page}")
    for path in done.removed:
        console.print(f"removed     {path}", markup=False)
    console.print(_summary(done), markup=False)
    failed = [outcome for outcome in done.outcomes if outcome.problem]
    if not check:
        print(edition.with_suffix("") / "index.html")
    if failed:
        _stop(f"{len(failed)} of {len(done.outcomes)} pages failed.", status=FAILED)


def _progress(console: Console) -> Progress:
    """Show how far it is and how long it may still take; nothing outside a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _summary(done: Published) -> str:
    """Count what was made, what was up to date, what failed, and what is withheld."""
    made = [one for one in done.outcomes if one.made and not one.problem]
    failed = [one for one in done.outcomes if one.problem]
    stood = len(done.outcomes) - len(made) - len(failed) - done.left
    parts = [f"{len(made)} made", f"{stood} up to date", f"{len(failed)} failed"]
    parts += [f"{len(done.removed)} removed"] if done.removed else []
    parts += [f"{done.left} left as they were"] if done.left else []
    rows = done.decision.rows
    return f"Pages: {', '.join(parts)}. Figures: {int(rows['withheld'].sum()):,} of {len(rows):,} withheld."


@app.command(epilog="Example: exkit audit reports/annual-2025.yml")
def audit(
    edition: Annotated[Path, typer.Argument(help="The edition's file; it has been published.")],
) -> None:
    """Look at a published edition as somebody would who wants to know what it does not tell.

    Everything in its folder is read again, and held against the data. Can withheld figures be worked out from all
    reports together, or by a participant who knows itself? Is anybody named in what may be put online, or another
    participant in a delivery? Are pages too large, do they load or lead to what they should not? What is found stands
    in internal/audit.json, without figures.
    """
    with _console().status("Reading everything again …"):
        from exkit.publish.audit import audit as look

        found = look(edition)
    for what, n in found.counts.items():
        print(f"{n:>9,} {what}")
    for one in found.findings:
        print(f"Wrong: {one.kind}: {one.where}: {one.what}")
    if found.findings:
        _stop(_problems(len(found.findings), edition.with_suffix("")), status=FAILED)
    print("Nothing found: no withheld figure can be worked out, and nobody is named who may not be.")


@app.command(epilog="Example: exkit run notebooks/01_enps.ipynb -p dataset data/sample -p min_n 20 --language nl")
def run(
    notebook: Annotated[Path, typer.Argument(help="The notebook.")],
    parameter: Annotated[
        list[Any] | None,
        typer.Option("--parameter", "-p", metavar="NAME VALUE", help="A parameter and its value; repeat for more."),
    ] = None,
    output: Annotated[str, typer.Option(help="The page to write. Left out: here, named after the notebook.")] = "",
    language: Annotated[str, typer.Option(help="Language of the page, nl or en. Left out: the notebook's own.")] = "",
) -> None:
    """Execute one notebook with parameters of your own and make its page.

    'exkit params NOTEBOOK' lists what a notebook can be told. What it saves goes to results/ in a folder
    named after the page.
    """
    with _console().status("Making the page …"):
        from exkit.publish.appear import local_path, slug
        from exkit.publish.publish import run as make

        given = _once(parameter or []) | ({"language": language} if language else {})
        outcome = make(notebook, given=given, at=local_path(output or f"{slug(notebook.stem)}.html"))
    if outcome.problem:
        _stop(outcome.problem, status=FAILED)
    print(outcome.page)


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Make a dictionary of pairs; a name given twice is a mistake."""
    names = [name for name, _value in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ExkitError(f"Parameter '{twice}' is given twice.")
    return dict(pairs)


@app.command(epilog="Example: exkit params notebooks/01_enps.ipynb")
def params(notebook: Annotated[Path, typer.Argument(help="The notebook.")]) -> None:
    """List what a notebook can be told: name, type, default, meaning."""
    from exkit.publish.parameters import parameters

    for one in parameters(notebook):
        print(f"{one.name}: {one.type} = {one.default!r}" + (f"  # {one.comment}" if one.comment else ""))


@app.command(epilog="Example: exkit sample my-study --seed 7")
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to: a new folder, an empty one, or an earlier made-up study.")],
    seed: Annotated[int | None, typer.Option(help="Where chance starts. Left out: that of data/sample.")] = None,
) -> None:
    """Make the fictitious study: 48 organisations, their employees and customers over four years, with a known truth.

    The same seed gives the same bytes. What was planted and tuned stands in its truth.json.
    """
    with _console().status("Drawing people …"):
        from exkit.simulate.sample import SEED, draw, write

        chosen = SEED if seed is None else seed
        write(folder, draw(seed=chosen), seed=chosen)
    print(folder)


@app.command(epilog="Example: exkit new my-study --from employees=data/sample/employees.csv")
def new(
    folder: Annotated[Path, typer.Argument(help="Where to: a new folder, or an empty one.")],
    files: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="[TABLE=]FILE", help="A file with answers, as for codebook; repeat for more."),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the questions, nl or en. Left out: found out.")] = "",
) -> None:
    """Start a project of your own: a folder with your data and their codebook, notebooks and an edition.

    Files are copied, and a codebook is drafted for you to look through. Nothing leaves your computer.
    """
    with _console().status("Reading …"):
        from exkit.publish.project import start
        from exkit.survey.drafting.drafted import told

        drafted = start(folder, files=_tables(files or []), language=_language(language))
    for line in told(drafted) if drafted else ():
        print(line)
    print(folder)
    print(f"Next: read {folder / 'README.md'}; then 'cd {folder}' and 'exkit check data'.")


@app.command(epilog="Example: exkit codebook employees=data/sample/employees.csv --output draft.csv")
def codebook(
    files: Annotated[
        list[str],
        typer.Argument(metavar="[TABLE=]FILE...", help="Files with answers; TABLE= says which table one is."),
    ],
    output: Annotated[
        str, typer.Option(help="The codebook to write. Left out: codebook.csv beside the first file.")
    ] = "",
    language: Annotated[
        str, typer.Option(help="Language of the questions and of your spreadsheet, nl or en. Left out: found out.")
    ] = "",
) -> None:
    """Draft a codebook: what each column seems to be, from what the files say and what is in them.

    Every guess has its reason in the column guess: look it through in a spreadsheet, change what is wrong, and remove
    what you do not need. Tables are employees, customers, units, organisations and actions.
    """
    with _console().status("Reading …"):
        from exkit.publish.appear import can_write, local_path
        from exkit.survey.drafting.draft import draft
        from exkit.survey.drafting.drafted import next_steps, told, write_draft

        named = _tables(files)
        at = local_path(output) if output else named[0][1].with_name("codebook.csv")
        drafted = draft(named, language=_language(language))
        with can_write(at):
            written = write_draft(drafted, at)
    for line in [*told(drafted), *next_steps(drafted, written)]:
        print(line)


def _tables(files: list[str]) -> list[tuple[str, Path]]:
    """Take apart files and the tables that they are said to be."""
    from exkit.survey.codebook import TABLES

    parts = [file.partition("=") for file in files]
    return [(a, Path(b)) if equals and a in TABLES else ("", Path(a + equals + b)) for a, equals, b in parts]


def _language(language: str) -> str:
    """Accept a language that the kit speaks, or nothing."""
    from exkit.context import LANGUAGES
    from exkit.errors import need_choice

    if language:
        need_choice(language, LANGUAGES, what="language")
    return language


@app.command(epilog="Example: exkit check data/sample --language nl --output check.html")
def check(
    dataset: Annotated[Path, typer.Argument(help="The folder with the tables and their codebook.")],
    output: Annotated[str, typer.Option(help="The page to write. Left out: here, named after the folder.")] = "",
    language: Annotated[str, typer.Option(help="Language of the page, nl or en.")] = "en",
) -> None:
    """Check a dataset against its codebook, and make a page of everything that is wrong or may be.

    What is wrong stops a study from opening; what may be wrong is pointed out and never repaired.
    """
    with _console().status("Checking …"):
        from exkit.context import LANGUAGES
        from exkit.errors import need_choice
        from exkit.publish.appear import local_path, slug
        from exkit.publish.checked import publish_check
        from exkit.survey.check import check as find
        from exkit.survey.doubting.suspicions import suspicions

        need_choice(language, LANGUAGES, what="language")
        at = local_path(output or f"{slug(dataset.resolve().name)}-check.html")
        checked = find(dataset)
        suspected = suspicions(checked)
        page = publish_check(checked, suspected, dataset=dataset, language=language, at=at)
    for word, found in (("Note", checked.notes), ("Look", suspected), ("Wrong", checked.breaches)):
        for message in found["message"]:
            print(f"{word}: {message}")
    print(page)
    if len(checked.breaches):
        _stop(_problems(len(checked.breaches), dataset), status=FAILED)
    print(f"Nothing wrong in '{dataset}'.")


def _problems(n: int, where: Path) -> str:
    """Count what is wrong."""
    return f"{n} problem{'s' if n != 1 else ''} in '{where}'."


def main() -> None:
    """Run the command line; the entry point of `exkit`."""
    logging.getLogger("asyncio").disabled = True  # an interrupted kernel leaves a task that nobody waits for
    # Reading a notebook imports the grammar of web addresses, a second's work, which checks nothing in a notebook.
    sys.modules.setdefault("rfc3987_syntax", None)
    listen()
    try:
        _command()()
    except ExkitError as error:
        _stop(str(error), status=WRONG)
    finally:
        stop_if_interrupted()  # a library may have made an error of its own of the interruption


def _command() -> object:
    """Make the command of the declarations above; `-p` takes a name and a value, which Typer cannot declare."""
    command = typer.main.get_command(app)
    option = next(one for one in command.commands["run"].params if one.name == "parameter")
    option.nargs = 2
    return command


def _console() -> Console:
    """Where progress goes: a moving line in a terminal, plain lines elsewhere."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True, highlight=False)


def _line(outcome: Outcome) -> str:
    """Say how one page went."""
    if outcome.problem:
        return f"failed      {outcome.problem}"
    return f"{'made       ' if outcome.made else 'up to date '} {outcome.page}"


def _stop(message: str, *, status: int) -> None:
    """Say why, and end with a status."""
    print(message, file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
