from collections.abc import Iterable
from decimal import Decimal

from tui.core.fault import Fault
from tui.core.fields import Choice, Prompt, Whole
from tui.core.model import Model, Values
from tui.core.price import Price
from tui.core.references import References
from tui.core.request import Reference


def _both(values: Values) -> Iterable[Fault]:
    if values.get("n") == 2 and values.get("mood") == "calm":
        yield Fault("mood", "calm", "goes not with two")


_IMAGE = References(
    name="image", help="", most=1, most_bytes=10, media_types=("image/png",), ratio=2
)
_MODEL = Model(
    id="fifth",
    aliases=("five",),
    title="The fifth",
    best_for="tests",
    submit_path="/submit",
    poll_path="/tasks/{task_id}",
    fixed={"model": "fifth"},
    fields=(
        Prompt(),
        Choice(name="mood", help="", choices=("calm", "wild")),
        Whole(name="n", help="", minimum=1, maximum=4),
        _IMAGE,
    ),
    rules=(_both,),
)
_URL = Reference(name="cat", url="https://example.org/cat.png")


def test_all_faults_come_at_once() -> None:
    local = Reference(name="a.gif", sha256="ab", media_type="image/gif", bytes=11)
    checked = _MODEL.validate({"mood": "clam", "n": 9, "nn": 1, "size": "2K"}, [local])
    assert checked.request is None
    assert [fault.field for fault in checked.errors] == [
        "nn",
        "size",
        "image",
        "image",
        "prompt",
        "mood",
        "n",
    ]
    near = {fault.field: fault.nearest for fault in checked.faults}
    assert (near["nn"], near["mood"], near["n"], near["size"]) == ("n", "calm", "4", None)


def test_a_rule_between_fields() -> None:
    checked = _MODEL.validate({"prompt": "x", "mood": "calm", "n": 2})
    assert [str(fault) for fault in checked.errors] == ["mood: 'calm': goes not with two"]


def test_what_nobody_set_is_not_sent() -> None:
    request = _MODEL.validate({"prompt": "x", "mood": "", "n": None, "odd": " "}).request
    assert request
    assert request.values == {"prompt": "x"}
    assert _MODEL.body(request) == {"model": "fifth", "prompt": "x"}


def test_references_go_along_in_order() -> None:
    request = _MODEL.validate({"prompt": "x"}, [_URL]).request
    assert request
    assert request.references == (_URL,)
    body = _MODEL.body(request, ["data:image/png;base64,AA", "https://example.org/cat.png"])
    assert body["image"] == ["data:image/png;base64,AA", "https://example.org/cat.png"]


def test_nobody_knows_its_price_nor_its_size() -> None:
    request = _MODEL.validate({"prompt": "x", "n": 2}).request
    assert request
    assert _MODEL.price(request) == Price(None)
    assert _MODEL.pixels(request.values) is None
    assert _MODEL.typical(request.values) == 30


def test_a_price_counts_each_image() -> None:
    priced = Model(
        id="p",
        aliases=(),
        title="",
        best_for="",
        submit_path="",
        poll_path="",
        fields=_MODEL.fields,
        prices={"image": Decimal("0.1")},
        image_price=lambda _values, prices: Price(prices.get("image")),
    )
    request = priced.validate({"prompt": "x", "n": 3}).request
    assert request
    assert priced.price(request) == Price(Decimal("0.3"))
    assert priced.price(request, {"image": Decimal(2)}) == Price(Decimal(6))
    assert priced.price(request, {}) == Price(None)


def test_what_it_knows_about_itself() -> None:
    assert _MODEL.names == ("fifth", "five")
    assert _MODEL.references is _IMAGE
    assert _MODEL.takes_count
    assert _MODEL.field("mood") is _MODEL.fields[1]
    assert _MODEL.field("nothing") is None
