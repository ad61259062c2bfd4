import pytest

from tui.demo.faults import EVERYWHERE, OWN, FaultPlan, UnknownFaultError, parse


def test_a_line_with_everything() -> None:
    spec = parse("submit:503,retry-after=2,charged*3@20%")
    assert (spec.target, spec.name, spec.status) == ("submit", "503", 503)
    assert dict(spec.options) == {"retry-after": "2", "charged": ""}
    assert (spec.count, spec.share) == (3, 0.2)
    assert not spec.refuses


def test_a_url_may_hold_commas_and_stars() -> None:
    spec = parse("image:redirect=http://a.test/x,y*z?q=1,code=308*2")
    assert spec.value == "http://a.test/x,y*z?q=1"
    assert (spec.options["code"], spec.count) == ("308", 2)


def test_every_listed_fault_can_be_asked_for() -> None:
    values = {"SECONDS": "1.5", "MB": "2", "KIND": "", "URL": "http://x", "WORD": "odd", "id": "id"}
    for target, own in OWN.items():
        for form in (*EVERYWHERE, *own):
            name, _, takes = (
                form.replace("STATUS", "500").replace("[", "").strip("]").partition("=")
            )
            value = values.get(takes, "")
            line = f"{target}:{name}" + (f"={value}" if value else "")
            assert parse(line).name == name
            if "[" in form:
                assert parse(f"{target}:{name}").value == ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "submit",
        "upload:503",
        "submit:nothing",
        "submit:STATUS",
        "submit:999",
        "submit:503=1",
        "submit:empty",
        "poll:noid",
        "image:hostile",
        "poll:hostile=nice",
        "image:not-an-image=png",
        "submit:slow",
        "submit:slow=soon",
        "submit:drop-after=1",
        "submit:truncated=all",
        "submit:redirect",
        "poll:status",
    ],
)
def test_unknown_lines_list_what_there_is(line: str) -> None:
    with pytest.raises(UnknownFaultError, match=r"drop-before.*noid.*other-task.*bomb"):
        parse(line)


def test_counts_and_shares() -> None:
    plan = FaultPlan(["submit:503*2", "submit:html@30%", "poll:500"])
    struck = [plan.pick("submit", "", "") for _ in range(202)]
    assert [spec and spec.name for spec in struck[:2]] == ["503", "503"]
    names = [spec.name for spec in struck[2:] if spec]
    assert set(names) == {"html"}
    assert 40 <= len(names) <= 80
    plan.replace(["submit:503*2", "submit:html@30%"])
    assert [plan.pick("submit", "", "") for _ in range(202)] == struck


def test_a_wrong_replacement_changes_nothing() -> None:
    plan = FaultPlan(["poll:500"])
    with pytest.raises(UnknownFaultError):
        plan.replace(["poll:501", "poll:nothing"])
    assert plan.lines == ["poll:500"]


def test_planted_faults_are_counted_by_owner() -> None:
    plan = FaultPlan()
    prompt = "x [fault poll:500*1]"
    assert [bool(plan.pick("poll", prompt, owner)) for owner in "aabb"] == [
        True,
        False,
        True,
        False,
    ]
    assert plan.pick("submit", prompt, "a") is None
