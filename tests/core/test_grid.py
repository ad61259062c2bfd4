from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.core.grid import Cell, grid_of, model_cell
from tui.core.job import Job, State
from tui.core.request import Request

_AXES = st.tuples(st.text(max_size=9), st.text(max_size=9), st.integers(0, 99))


def job(number: int, model: str = "gpt-image-2", prompt: str = "a cat", **facts: Any) -> Job:
    return Job(
        id=f"{number:032x}",
        request=Request(model=model, values={"prompt": prompt}),
        state=State.SAVED,
        created=float(number),
        updated=float(number),
        folder="/",
        template="x",
        **facts,
    )


@given(_AXES, _AXES, st.integers(1, 9))
def test_a_cell_is_read_as_it_was_written(
    row: tuple[str, str, int], column: tuple[str, str, int], number: int
) -> None:
    cell = Cell(row, column, number)
    assert Cell.read(cell.key) == cell


def test_what_is_no_cell_is_none() -> None:
    for key in (None, "", "0123abcd", "cell ", "cell [1]", 'cell ["a","b","c","d","e",1,1]'):
        assert Cell.read(key) is None


def place(size: tuple[str, int], model: tuple[str, int], number: int = 1) -> str:
    return Cell(("size", *size), ("model", *model), number).key


def test_a_sparse_grid_keeps_the_order_of_its_axes() -> None:
    jobs = [
        job(1, row=place(("2K", 1), ("gpt", 1))),
        job(2, row=place(("1K", 0), ("gpt", 1))),
        job(3, row=place(("2K", 1), ("seedream", 0))),
        job(4, row=place(("2K", 1), ("seedream", 0), 2)),
        job(5),  # one that lost its cell to another
    ]
    grid = grid_of(jobs)
    assert grid
    assert (grid.rows.name, grid.rows.values) == ("size", ("1K", "2K"))
    assert (grid.columns.name, grid.columns.values) == ("model", ("seedream", "gpt"))
    assert grid.cells == {
        (0, 1): (jobs[1],),
        (1, 0): (jobs[2], jobs[3]),
        (1, 1): (jobs[0],),
    }


def test_a_job_made_anew_stands_in_the_cell_of_the_old_one() -> None:
    old, new = (job(number, row=model_cell("gpt", 0).key) for number in (1, 2))
    for jobs in ([old, new], [new, old]):
        grid = grid_of(jobs)
        assert grid
        assert grid.cells == {(0, 0): (new,)}


def test_a_comparison_of_old_is_known_by_its_models_and_a_batch_is_none() -> None:
    jobs = [job(1), job(2, "seedream-5.0-lite"), job(3)]
    grid = grid_of(jobs)
    assert grid
    assert grid.columns.values == ("gpt-image-2", "seedream-5.0-lite")
    assert grid.cells == {(0, 0): (jobs[0], jobs[2]), (0, 1): (jobs[1],)}
    assert grid_of([*jobs, job(4, prompt="a dog")]) is None
    assert grid_of(jobs[:1]) is None
    assert grid_of([]) is None
