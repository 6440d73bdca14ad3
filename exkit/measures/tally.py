"""The tally: respondents are reduced once, and are out of reach from here on.

A tally counts, per unit, wave, stratum, cluster and subgroup, how many people gave each answer, with the sums of their
weights and squared weights. Scales are held as sums and cross-products, and as counts of the answers to each item. NPS,
shares, means, reliabilities, agreement, clustered standard errors and differences with their covariance all follow from
these counts, so cost no longer grows with the number of respondents, and no analysis sees a respondent's row. A cell
may still hold one person: what is shown of it goes through `present.protect`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.scales import oriented_items, scale_score

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

KEYS = ["wave", "sector", "organisation", "unit", "stratum", "cluster"]
"""What a tally is keyed by, as far as the study has it; declared subgroups come on top."""

NOBODY = ""
"""The table of a question that nobody was asked."""


class Keyed:
    """What is counted by key, and can be taken in part: of one wave, one sector, or another group.

    Whoever is such a thing has `keys`, `frames` (what has these keys as columns) and `part` (what has chosen ones).
    """

    def at(self, **chosen: str) -> Self:
        """Take the answers of one wave, sector or other group, for instance `tally.at(wave="2025", sector="")`.

        Parameters
        ----------
        chosen
            A key and its value. An empty value takes the last wave, and all of anything else; where the data have no
            such key, or nobody answered, nothing is left out.

        Returns
        -------
        Tally or Block
            Of that part.

        Raises
        ------
        ExkitError
            If nobody there has that value, with the nearest one.
        """
        part = self
        for key, value in chosen.items():
            value = part._meant(key, value)
            part = part.part(lambda keys, key=key, value=value: keys[key] == value) if value else part
        return part

    def until(self, wave: str) -> Self:
        """Take the answers up to and including a wave; all of them where it is empty or there are no waves."""
        wave = self._meant("wave", wave) if wave else ""
        return self.part(lambda keys: keys["wave"] <= wave) if wave else self

    def _meant(self, key: str, value: str) -> str:
        """Say which value of a key is meant: the last wave for an empty one; none where all are."""
        need_choice(key, [*KEYS, *self.keys], what="key")
        there = sorted(pd.concat([f[key] for f in self.frames()]).dropna().unique()) if key in self.keys else []
        if not there:
            return ""
        value = value or (there[-1] if key == "wave" else "")
        if value:
            need_choice(value, there, what=key)
        return value


@dataclass(frozen=True)
class Moments:
    """Sums and cross-products of a block of variables over complete answers, one row per key.

    Attributes
    ----------
    names
        The k variables.
    keys
        One row per combination of keys, with `n`, `w` and `w2`: people, their weights, their squared weights.
    sums
        Sums of each variable, times the weight to the power 0, 1 and 2: an array of 3 by rows by k.
    products
        Sums of each product of two variables, likewise: 3 by rows by k by k.
    """

    names: list[str]
    keys: pd.DataFrame
    sums: np.ndarray
    products: np.ndarray

    def where(self, chosen: pd.Series) -> Moments:
        """Take the chosen rows."""
        chosen = chosen.to_numpy(bool)
        return replace(self, keys=self.keys[chosen], sums=self.sums[:, chosen], products=self.products[:, chosen])

    def take(self, keys: pd.DataFrame) -> Moments:
        """Take the rows that are left in a frame made of `keys`, with the keys that it adds."""
        at = self.keys.index.get_indexer(keys.index)
        return replace(self, keys=keys, sums=self.sums[:, at], products=self.products[:, at])

    def over(self, key: str) -> Moments:
        """Add up the rows that differ in one key only."""
        kept = [name for name in self.keys if name not in (key, "n", "w", "w2")]
        code, labels = _grouped(self.keys, kept)

        def total(array: np.ndarray) -> np.ndarray:
            out = np.zeros((array.shape[0], len(labels), *array.shape[2:]))
            np.add.at(out, (slice(None), code), array)
            return out

        counts = total(self.keys[["n", "w", "w2"]].to_numpy(float)[None])[0]
        labels = labels.assign(n=counts[:, 0].astype(int), w=counts[:, 1], w2=counts[:, 2])
        return replace(self, keys=labels, sums=total(self.sums), products=total(self.products))


@dataclass(frozen=True)
class Items(Moments):
    """Moments of the items of a scale, with how often each answer was given to each of them.

    Attributes
    ----------
    options
        The answers that people could choose from, from low to high; none where the codebook does not say, or where the
        items or their waves do not have the same ones.
    given
        How often each was given over complete answers, reversed items turned round: rows by k by options.
    """

    options: np.ndarray
    given: np.ndarray

    def where(self, chosen: pd.Series) -> Items:
        """Take the chosen rows."""
        return replace(super().where(chosen), given=self.given[chosen.to_numpy(bool)])


@dataclass(frozen=True)
class Tally(Keyed):
    """Counts of answers, not of people.

    Attributes
    ----------
    table
        Where the respondents came from: `employees` or `customers`.
    keys
        Columns by which results can be asked for.
    counts
        Per key, variable and answer: `n`, `w`, `w2` (people, weights, squared weights).
    definitions
        Per variable and wave: series, range and cut-offs.
    scores, items
        Per scale: the moments of its score, and of its items over complete answers, with the answers to each item.
    cluster
        `auto`, None or a column: see `tally`.
    scales
        Per scale and wave: `series`, which goes up where an item changed, and what `changed`.
    chosen
        The groups that were taken out of it with `at`, by key; a wave is told from its rows.
    """

    table: str
    keys: list[str]
    counts: pd.DataFrame
    definitions: pd.DataFrame
    scores: dict[str, Moments]
    items: dict[str, Items]
    cluster: str | None
    scales: dict[str, pd.DataFrame] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)

    def at(self, **chosen: str) -> Self:
        """Take the answers of one wave, sector or other group, as `Keyed.at`; results say of which group they are."""
        named = {key: value for key, value in chosen.items() if value and key != "wave" and key in self.keys}
        return replace(super().at(**chosen), chosen=self.chosen | named)

    def rows(self, x: str) -> pd.DataFrame:
        """Give the rows of one question or scale: keys, `n`, `w`, `w2`, and of a question the `answer`."""
        return self.scores[x].keys if x in self.scores else self.counts[self.counts["variable"] == x]

    def of(self, x: str, rows: pd.DataFrame) -> Tally:
        """Give a tally of one question or scale with only those of its `rows`, and with the keys that these add."""
        if x in self.scores:
            return replace(self, scores={x: self.scores[x].take(rows)}, items={})
        return replace(self, counts=rows)

    def over(self, x: str, key: str) -> Tally:
        """Give a tally of one question or scale that no longer tells the groups of a key apart, such as the unit."""
        left = [name for name in self.keys if name != key]
        if x in self.scores:
            return replace(self, keys=left, scores={x: self.scores[x].over(key)}, items={})
        sums = self.rows(x).groupby([*left, "variable", "answer"], dropna=False, observed=True, sort=True)
        return replace(self, keys=left, counts=sums[["n", "w", "w2"]].sum().reset_index())

    def part(self, chosen: Callable[[pd.DataFrame], pd.Series]) -> Tally:
        """Take the rows whose keys are chosen."""
        return replace(
            self,
            counts=self.counts[chosen(self.counts)],
            scores={name: block.where(chosen(block.keys)) for name, block in self.scores.items()},
            items={name: block.where(chosen(block.keys)) for name, block in self.items.items()},
        )

    def frames(self) -> list[pd.DataFrame]:
        """List what has keys."""
        return [self.counts, *(block.keys for block in self.scores.values())]

    def __repr__(self) -> str:
        """Say what was counted, and by what."""
        asked = [*self.counts["variable"].unique(), *self.items]
        return f"Tally of {', '.join(asked)} in {self.table}, by {', '.join(self.keys) or 'nothing'}"


def tally(study: Study, x: str | Sequence[str], *, by: Sequence[str] = (), cluster: str | None = "auto") -> Tally:
    """Count the answers to one or more questions of a study.

    Parameters
    ----------
    study
        An opened dataset.
    x
        Variables, roles or scales of one table. A recommend question, by its role, that was not asked in these data,
        or an empty name: an empty tally, of which every statistic says `no_question`.
    by
        Subgroup columns to count by, besides wave, sector, organisation and unit; an empty name is none.
    cluster
        Whose answers hang together. `auto`: the codebook's cluster column if there is one, else the organisation for
        figures across organisations and the unit within one. A column's name: that column (`respondent` for people who
        answered in several waves). None: every answer on its own.

    Returns
    -------
    Tally
        Counts for `ex.nps`, `ex.shares`, `ex.alpha` and the rest.

    Raises
    ------
    ExkitError
        If a name is not in the codebook, or the questions come from several tables.
    """
    asked = [x] if isinstance(x, str) else list(x)
    if any(study.codebook.lacks(name) for name in asked):
        return unasked(asked, by=by)
    scales = [name for name in asked if name in study.codebook.scales()]
    variables = [study.codebook.variable(name) for name in asked if name not in scales]
    members = {scale: study.codebook.items(scale) for scale in scales}
    table = _one_table([*variables, *(item for items in members.values() for item in items)])
    people = study.people(table)
    by = [key for key in by if key]
    need_columns(people, *by, where=table)
    people, keys = _keyed(people, by=by, cluster=cluster)
    return Tally(
        table=table,
        keys=keys,
        counts=_counts(people, keys, {_own_name(study, v): v.name for v in variables}),
        definitions=_definitions(study, variables, people),
        scores={scale: _score_moments(people, keys, scale, items) for scale, items in members.items()},
        items={scale: _item_moments(study, people, keys, items) for scale, items in members.items()},
        cluster=cluster,
        scales={scale: _scale_definitions(study, items, people) for scale, items in members.items()},
    )


def unasked(questions: Sequence[str], *, by: Sequence[str]) -> Tally:
    """Give the tally of questions that were not asked: nobody's answers, by whatever key."""
    keys = list(dict.fromkeys([*KEYS, *by]))
    counts = pd.DataFrame(columns=[*keys, "variable", "answer", "n", "w", "w2"])
    return Tally(
        table=NOBODY,
        keys=keys,
        counts=counts.astype({"answer": float, "n": int, "w": float, "w2": float}),
        definitions=pd.DataFrame({"variable": questions, "wave": "", "series": 1, "changed": ""}),
        scores={},
        items={},
        cluster=None,
    )


def _one_table(variables: list[Variable]) -> str:
    """Name the table of the questions, which must be one."""
    tables = sorted({v.table for v in variables})
    if len(tables) != 1:
        raise ExkitError(f"A tally counts the answers of one table, not of {len(tables)}: {', '.join(tables)}.")
    return tables[0]


def _keyed(people: pd.DataFrame, *, by: Sequence[str], cluster: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Add what every count needs: a weight, and the cluster column where one is named."""
    people = people.assign(weight=people.get("weight", 1.0))
    if cluster is None and "cluster" in people:
        people = people.drop(columns="cluster")
    if cluster not in ("auto", None):
        need_columns(people, cluster, where="the respondents")
        people = people.assign(cluster=people[cluster].astype("string"))
    keys = [key for key in dict.fromkeys([*KEYS, *by]) if key in people]
    return people, keys


def _own_name(study: Study, variable: Variable) -> str:
    """Name a variable so that the codebook finds it again: with its table where two tables have one of that name."""
    shared = sum(v.name == variable.name for v in study.codebook.variables()) > 1
    return f"{variable.table}.{variable.name}" if shared else variable.name


def _counts(people: pd.DataFrame, keys: list[str], names: dict[str, str]) -> pd.DataFrame:
    """Count answers per key, one variable below the other."""
    columns = [*keys, "variable", "answer", "n", "w", "w2"]
    counted = [_count(people, keys, column, name) for name, column in names.items()]
    return pd.concat(counted, ignore_index=True)[columns] if counted else pd.DataFrame(columns=columns)


def _count(people: pd.DataFrame, keys: list[str], column: str, name: str) -> pd.DataFrame:
    """Count the valid answers to one question."""
    there = people[column].notna()
    said = people.loc[there, [*keys, "weight"]]
    said = said.assign(answer=people.loc[there, column], variable=name, n=1, w2=said["weight"] ** 2)
    sums = said.groupby([*keys, "variable", "answer"], dropna=False, observed=True, sort=True)
    return sums.agg(n=("n", "sum"), w=("weight", "sum"), w2=("w2", "sum")).reset_index()


def _definitions(study: Study, variables: list[Variable], people: pd.DataFrame) -> pd.DataFrame:
    """Look up how each question was asked in each wave."""
    waves = sorted(people["wave"].dropna().unique()) if "wave" in people else [""]
    defined = [study.codebook.definitions(v, waves).assign(variable=_own_name(study, v)) for v in variables]
    return pd.concat(defined, ignore_index=True) if defined else pd.DataFrame(columns=["variable", "wave", "series"])


def _scale_definitions(study: Study, items: list[Variable], people: pd.DataFrame) -> pd.DataFrame:
    """Look up in which waves a scale broke: one of its items changed, or it got or lost one."""
    waves = sorted(people["wave"].dropna().unique()) if "wave" in people else [""]
    asked = pd.concat([study.codebook.definitions(v, waves).assign(item=v.name) for v in items])
    groups = asked.groupby("wave", sort=True)
    codes = groups["changed"].agg(lambda found: ",".join(dict.fromkeys(code for code in found if code)))
    members = groups["item"].agg(frozenset)
    others = (members != members.shift()) & (np.arange(len(members)) > 0)
    changed = codes.mask(others, [",".join(filter(None, [code, "items"])) for code in codes])
    return pd.DataFrame({"wave": codes.index, "series": (changed != "").cumsum().array + 1, "changed": changed.array})


def _score_moments(people: pd.DataFrame, keys: list[str], scale: str, items: list[Variable]) -> Moments:
    """Sum the scores of one scale."""
    return moments(scale_score(people, items).rename(scale).to_frame(), people, keys)


def _item_moments(study: Study, people: pd.DataFrame, keys: list[str], items: list[Variable]) -> Items:
    """Sum the items of one scale, and count the answers to each."""
    answers = oriented_items(people, items)
    block, complete = moments(answers, people, keys), answers.notna().all(axis="columns")
    values, options = answers[complete].to_numpy(float), _options(study, items)
    if len(options) and not _are_among(values, options):
        options = options[:0]
    given = np.zeros((len(block.keys), len(items), len(options)))
    if len(options):
        code, _ = _grouped(people.loc[complete, keys], keys)
        place = code[:, None] * len(options) + (values - options[0]).astype(int)
        for i in range(len(items)):
            given[:, i] = np.bincount(place[:, i], minlength=given[:, i].size).reshape(given[:, i].shape)
    return Items(**vars(block), options=options, given=given)


def _are_among(values: np.ndarray, options: np.ndarray) -> bool:
    """Tell whether all values are among options that are 1 apart."""
    steps = values - options[0]
    return bool(((steps >= 0) & (steps < len(options)) & (steps % 1 == 0)).all())


def _options(study: Study, items: list[Variable]) -> np.ndarray:
    """List the answers that people could choose from, whole numbers, the same for all items and in all waves."""
    rows = study.codebook.rows
    its = rows[(rows["table"] == items[0].table) & rows["variable"].isin([item.name for item in items])]
    ranges = its[["low", "high"]].drop_duplicates().to_numpy(float)
    if len(ranges) != 1 or not np.isfinite(ranges).all():
        return np.empty(0)
    return np.arange(ranges[0, 0], ranges[0, 1] + 1)


def _grouped(people: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Give each combination of keys that there is a number: each person's number, and the keys of each."""
    if not keys:
        return np.zeros(len(people), int), pd.DataFrame(index=range(min(len(people), 1)))
    code = people[keys].groupby(keys, dropna=False, observed=True, sort=True).ngroup().to_numpy()
    return code, people[keys].iloc[np.unique(code, return_index=True)[1]].reset_index(drop=True)


def moments(answers: pd.DataFrame, people: pd.DataFrame, keys: list[str]) -> Moments:
    """Sum answers and their products per key, over people who answered all of them.

    Parameters
    ----------
    answers
        One numeric column per variable, one row per respondent.
    people
        The same respondents: their keys and `weight`.
    keys
        Columns of `people` to sum by.

    Returns
    -------
    Moments
        Unweighted, weighted and with squared weights.
    """
    complete = answers.notna().all(axis="columns")
    values, weight = answers[complete].to_numpy(float), people.loc[complete, "weight"].to_numpy(float)
    code, labels = _grouped(people.loc[complete, keys], keys)
    size = len(labels)

    def total(column: np.ndarray) -> np.ndarray:
        return np.bincount(code, weights=column, minlength=size)

    k = values.shape[1]
    sums, products = np.zeros((3, size, k)), np.zeros((3, size, k, k))
    for power in range(3):
        scaled = values * weight[:, None] ** power
        for i in range(k):
            sums[power, :, i] = total(scaled[:, i])
            for j in range(i, k):
                products[power, :, i, j] = products[power, :, j, i] = total(scaled[:, i] * values[:, j])
    ones = np.ones_like(weight)
    return Moments(
        list(answers.columns),
        labels.assign(n=total(ones).astype(int), w=total(weight), w2=total(weight**2)),
        sums,
        products,
    )
