from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.expand import Expansion, has_choices, parse, variables_of
from tui.core.fields import RefusedError

LISTS = {
    "animal": ["cat", "dog", "{red|arctic} fox"],
    "shade": ["dark", "3::light"],
    "place/city": ["Paris"],
    "ring_a": ["__ring_b__"],
    "ring_b": ["x __ring_a__"],
    "empty": [],
}


def lists(name: str) -> list[str]:
    if name not in LISTS:
        raise LookupError(f"there is no list {name}")
    return LISTS[name]


def expand(text: str, **values: list[str]) -> Expansion:
    return Expansion(parse(text, lists), values)


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("a plain prompt", ["a plain prompt"]),
        ("{red|blue} bird", ["red bird", "blue bird"]),
        ("{a|b}{1|2}", ["a1", "a2", "b1", "b2"]),
        ("{a{b|c}|d}", ["ab", "ac", "d"]),
        ("{{a|b}|c}", ["a", "b", "c"]),
        ("a {|very }big cat", ["a big cat", "a very big cat"]),
        ("{2::a|0.5::b}", ["a", "b"]),
        ("a | b :: c", ["a | b :: c"]),
        (r"\{a\|b\} \__animal__ \\ \n", r"{a|b} __animal__ \ \n".splitlines()),
        ("__animal__!", ["cat!", "dog!", "red fox!", "arctic fox!"]),
        ("in __place/city__", ["in Paris"]),
        ("__ a snake_case __", ["__ a snake_case __"]),
        ("{a|a}", ["a"]),
        ("a{b|bc}{cd|d}", ["abcd", "abd", "abccd"]),
        ("{红|蓝}色的鸟", ["红色的鸟", "蓝色的鸟"]),
    ],
)
def test_what_a_prompt_expands_to(text: str, prompts: list[str]) -> None:
    expansion = expand(text)
    assert list(expansion) == prompts
    assert expansion.count == len(prompts)


def test_a_variable_is_the_same_everywhere_and_a_list_is_not() -> None:
    both = expand("{{s}} by {{ s }}, {{t}}", s=["cat", "dog"], t=["day", "night"])
    assert list(both) == [
        "cat by cat, day",
        "cat by cat, night",
        "dog by dog, day",
        "dog by dog, night",
    ]
    assert expand("__animal__ by __animal__").count == 16
    assert variables_of(parse("{{s}} {x|{{t}} {{s}}}", lists)) == Counter(s=2, t=1)


def test_values_of_variables_are_taken_as_they_are() -> None:
    assert list(expand("a {{s}}", s=["{x|y}", "__animal__"])) == ["a {x|y}", "a __animal__"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a {red|blue", "column 3: this { is never closed"),
        ("a } b", "column 3: this } closes nothing"),
        ("a {red} bird", "column 3: these braces hold one choice only"),
        ("{0::a|b}", "column 2: a weight must be more than 0"),
        ("a __plant__", "column 3: there is no list plant"),
        (
            "__ring_a__",
            "list ring_b, 'x __ring_a__', column 3: the list ring_a leads back to itself",
        ),
        ("__empty__", "the list empty has no entries"),
        ("{" * 50 + "a|b" + "}" * 50, "more than 40 braces"),
    ],
)
def test_what_can_not_be_read_is_named_by_its_column(text: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(text, lists)
    assert said in str(refused.value)
    assert refused.value.fault.field == "prompt"


def test_a_billion_combinations_cost_nothing_until_they_are_made() -> None:
    expansion = expand("{a|b|c|d|e|f|g|h|i|j}" * 12)
    assert expansion.count == expansion.combinations == 10**12
    assert expansion.at(10**12 - 1) == "j" * 12
    assert list(islice(expansion, 2)) == ["a" * 12, "a" * 11 + "b"]
    assert len(expansion.examples()) == 5
    assert len(set(expansion.sample(100, 1))) == 100


def test_what_can_not_be_counted_is_given_as_combinations() -> None:
    assert expand("{a|aa}" * 300).count == 301
    assert expand("{{x}}{{x}}", x=[str(one) for one in range(2000)]).count == 2000


def test_the_same_seed_draws_the_same_and_weights_count() -> None:
    expansion = expand(
        "{9::common|rare} {1|2|3|4|5|6|7|8|9}{1|2|3|4|5|6|7|8|9} {{x}}", x=["a", "b"]
    )
    drawn = list(expansion.sample(30, 42))
    assert drawn == list(expansion.sample(30, 42))
    assert drawn != list(expansion.sample(30, 43))
    assert sum(one.startswith("common") for one in drawn) > 20
    # Pinned: the same seed means the same images in a year, too.
    assert drawn[:3] == ["common 13 a", "common 79 a", "common 12 b"]


def test_a_sample_of_more_than_there_is_is_everything_once() -> None:
    expansion = expand("{100000::a|b|c} {1|2}")
    assert sorted(expansion.sample(99, 7)) == sorted(expansion)


texts = st.text(alphabet="ab ", max_size=3)
templates = st.recursive(
    texts,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda them: "{" + "|".join(them) + "}"),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=8,
)


@given(templates)
def test_count_is_the_length_of_the_expansion_without_duplicates(template: str) -> None:
    expansion = expand(template)
    prompts = list(expansion)
    assert len(prompts) == expansion.count == len(set(prompts))
    assert prompts == list(expand(template))
    assert expansion.count <= expansion.combinations
    assert set(expansion.sample(expansion.count, 1)) == set(prompts)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expansion = Expansion(parse(text, lists), {})
    except (RefusedError, KeyError):
        return
    assert expansion.count >= 1


@given(st.text(max_size=30))
def test_escaped_text_stands_for_itself(text: str) -> None:
    escaped = "".join("\\" + one if one in "\\{}|_:" else one for one in text)
    assert list(expand(escaped)) == [text]


# Everything a pattern can be made of: choices with weights, lists, variables, escaped signs.
leaves = st.one_of(
    texts,
    st.sampled_from(["__animal__", "__shade__", "__place/city__", "{{s}}", "{{t}}", r"\{", r"\|"]),
)
weights = st.sampled_from(["", "2::", "0.5::"])
patterns = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(st.tuples(weights, inner).map("".join), min_size=2, max_size=3).map(
            lambda them: "{" + "|".join(them) + "}"
        ),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=5,
)
values_of = st.fixed_dictionaries(
    {name: st.lists(st.text("ab{|_", max_size=2), min_size=1, max_size=3) for name in "st"}
)


@given(patterns, values_of, st.integers(0, 3))
def test_any_pattern_counts_what_it_makes_in_one_order(
    pattern: str, values: dict[str, list[str]], seed: int
) -> None:
    expansion = expand(pattern, **values)
    prompts = list(islice(expansion, 2000))
    if len(prompts) == 2000:
        return  # many prompts; their count is tested by smaller ones
    assert len(prompts) == len(set(prompts)) == expansion.count
    assert prompts == list(expand(pattern, **values))
    some = list(expansion.sample(5, seed))
    assert some == list(expand(pattern, **values).sample(5, seed))
    assert len(some) == len(set(some)) == min(5, len(prompts))
    assert set(some) <= set(prompts)


@pytest.mark.parametrize("text", ["a {b|c}", "{a|{b|c}}", "{{ subject }}", "a __place/city__"])
def test_what_looks_like_choices_is_seen(text: str) -> None:
    assert has_choices(text)


@pytest.mark.parametrize("text", ["a cat", "{}", "{a}", "a | b", "a_b", "____", "{"])
def test_what_does_not_is_left_alone(text: str) -> None:
    assert not has_choices(text)
