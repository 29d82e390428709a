"""Whatever the catalogue says and whoever registered: the checklist stays definite and can be met."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogues import make_kind, make_rule
from kaosheng.domain.materials import Catalogue, Effect, checklist, difference, missing_kinds

NOBODY: frozenset[str] = frozenset()
CODES = ("M01", "M02", "M03", "M04")
facts_of_anybody = st.dictionaries(
    st.sampled_from(("route", "year", "units", "in_school")),
    st.one_of(st.sampled_from(("direct", "apprentice")), st.integers(-1, 6), st.booleans()),
)
conditions = st.dictionaries(
    st.sampled_from(("route", "year", "units", "in_school")),
    st.one_of(
        st.sampled_from(("direct", "apprentice")),
        st.booleans(),
        st.lists(st.sampled_from(("direct", "apprentice")), max_size=2),
        st.fixed_dictionaries({}, optional={"at_least": st.integers(0, 5), "at_most": st.integers(0, 5)}),
    ),
    max_size=2,
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    kinds = []
    for code in CODES:
        minimum = draw(st.integers(0, 3))
        maximum = minimum + draw(st.integers(0, 2))
        kinds.append(
            make_kind(code, minimum, max(1, maximum), count_fact=draw(st.sampled_from(("", "units"))))
        )
    rules = draw(
        st.lists(
            st.builds(
                make_rule,
                st.sampled_from(CODES),
                st.sampled_from(Effect),
                conditions,
                group=st.sampled_from(("", "g", "h")),
                minimum=st.none() | st.integers(1, 4),
            ),
            max_size=8,
        )
    )
    return Catalogue(version=1, kinds=tuple(kinds), rules=tuple(rules))


@settings(max_examples=50)
@given(catalogue=catalogues(), facts=facts_of_anybody)
def test_every_registration_gets_a_definite_answer_for_every_kind(
    catalogue: Catalogue, facts: dict[str, str | int | bool]
) -> None:
    items = checklist(catalogue, facts)
    assert [item.kind.code for item in items] == list(CODES)
    for item in items:
        assert 0 <= item.minimum <= item.maximum
        assert (item.minimum > 0) == item.is_asked
        assert (item.maximum == 0) == (item.effect is Effect.NOT_ACCEPTED)
        assert bool(item.grounds) or item.effect is Effect.OFFERED


@settings(max_examples=50)
@given(catalogue=catalogues(), facts=facts_of_anybody)
def test_who_gives_the_minimum_of_everything_asked_misses_nothing(
    catalogue: Catalogue, facts: dict[str, str | int | bool]
) -> None:
    items = checklist(catalogue, facts)
    everything = {item.kind.code: item.minimum for item in items}
    assert missing_kinds(items, counts=everything, excused=NOBODY) == ()
    assert missing_kinds(items, counts={}, excused=frozenset(CODES)) == ()


@settings(max_examples=50)
@given(
    catalogue=catalogues(),
    facts=facts_of_anybody,
    there=st.dictionaries(st.sampled_from(CODES), st.integers(0, 5)),
)
def test_giving_what_is_named_missing_always_ends_it(
    catalogue: Catalogue, facts: dict[str, str | int | bool], there: dict[str, int]
) -> None:
    """A candidate who only ever follows the list gets through, in as many steps as it named kinds."""
    items = checklist(catalogue, facts)
    named = missing_kinds(items, counts=there, excused=NOBODY)
    minimums = {item.kind.code: item.minimum for item in items}
    assert all(there.get(code, 0) < minimums[code] for code in named)
    given_too = {**there, **{code: minimums[code] for code in named}}
    assert missing_kinds(items, counts=given_too, excused=NOBODY) == ()


@settings(max_examples=50)
@given(catalogue=catalogues(), before=facts_of_anybody, after=facts_of_anybody)
def test_a_difference_names_a_kind_once_and_only_for_a_change(
    catalogue: Catalogue, before: dict[str, str | int | bool], after: dict[str, str | int | bool]
) -> None:
    changed = difference(checklist(catalogue, before), checklist(catalogue, after))
    assert not set(changed.now_asked) & set(changed.no_longer_asked)
    assert not difference(checklist(catalogue, before), checklist(catalogue, before))
