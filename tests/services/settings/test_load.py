"""Settings as they come together from flags, variables and files."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tui.core.naming import DEFAULT_TEMPLATE
from tui.models import find_model
from tui.services.places import Places
from tui.services.settings import Preset, Settings, SettingsError, load_settings
from tui.services.settings.rows import rows

USER = """\
base_url = "https://one.example/api/"
output_dir = "/images"
key_command = ["pass", "show", "x"]
ask_above = 3
limits = { polls = 5 }

[fields.gpt]
quality = "LOW"
n = 2

[prices.gemini]
"1K" = 0.07
"2K" = 0.5

[presets.poster]
model = "seedream"
size = "2048x2048"
prompt = "a poster"
image = ["~/ref.png", "https://x.example/y.png"]

[profiles.work]
base_url = "https://two.example"
output_dir = "/work"
[profiles.work.prices.gemini]
"1K" = 1
"""


class World:
    """Places and a current folder of a test's own."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "cwd"
        self.cwd.mkdir()
        self.places = self._places(root, demo=False)
        self.demo = self._places(root, demo=True)
        self.places.config.mkdir()
        self.file = self.places.config_file
        self.project_file = self.cwd / "imagedeck.toml"

    @staticmethod
    def _places(root: Path, *, demo: bool) -> Places:
        return Places(
            config=root / "config",
            data=root / "data",
            state=root / "state",
            images=root / "Pictures",
            demo=demo,
        )

    def load(self, *, environ: dict[str, str] | None = None, **flags: str | None) -> Settings:
        return load_settings(flags, environ or {}, self.cwd, self.places)

    def faults(self, **flags: str | None) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            load_settings(flags, {}, self.cwd, self.places)
        return str(caught.value).splitlines()

    def user(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_without_files_the_defaults_hold(world: World) -> None:
    settings = world.load(base_url=None)
    assert settings.base_url == settings.origin == "https://tokenhub.piegateway.me"
    assert settings.output_dir == world.places.images
    assert settings.template == DEFAULT_TEMPLATE
    assert (settings.profile, settings.key_command, settings.ask_above) == ("default", (), 200)
    assert (settings.submissions, settings.polls, settings.downloads) == (8, 32, 8)
    assert settings.source("base_url") == "default"
    assert settings.prices_of(find_model("gpt")) == find_model("gpt").prices


def test_without_files_pydantic_is_not_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tui.services.places import Places\n"
        "from tui.services.settings import load_settings\n"
        "here = Path(sys.argv[1])\n"
        "load_settings({}, {}, here, Places(config=here, data=here, state=here, images=here))\n"
        "import tui.services.keys\n"
        "assert not {'pydantic', 'keyring', 'platformdirs'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code, str(tmp_path)], check=True)


def test_a_user_file_sets_everything_it_may(world: World) -> None:
    world.user("\ufeff" + USER)
    settings = world.load()
    assert settings.base_url == "https://one.example/api"
    assert settings.origin == "https://one.example"
    assert settings.output_dir == Path("/images")
    assert settings.key_command == ("pass", "show", "x")
    assert settings.polls == 5
    assert settings.fields == {"gpt-image-2": {"quality": "low", "n": 2}}
    assert (
        settings.presets["poster"]
        == Preset(
            model="seedream-5.0-lite",
            values={"size": "2048x2048", "prompt": "a poster"},
            references=("~/ref.png", "https://x.example/y.png"),
        )
        or "3K" in settings.prices["gemini-3.1-flash-image"]
    )


def test_sources_name_flag_variable_and_line(world: World) -> None:
    world.user(USER)
    world.project_file.write_text('template = "{id}-{index}"\n[fields.gpt-image-2]\nn = 1\n')
    settings = world.load(
        base_url="https://flag.example",
        environ={"IMAGEDECK_BASE_URL": "https://variable", "IMAGEDECK_OUTPUT_DIR": "out"},
    )
    file, project = str(world.file), str(world.project_file)
    assert settings.base_url == "https://flag.example"
    assert settings.source("base_url") == "--base-url"
    assert settings.output_dir == world.cwd / "out"
    assert settings.source("output_dir") == "IMAGEDECK_OUTPUT_DIR"
    assert settings.template == "{id}-{index}"
    assert settings.source("template") == f"{project}:1"
    assert settings.fields == {"gpt-image-2": {"quality": "low", "n": 1}}
    assert settings.source("fields.gpt-image-2.quality") == f"{file}:8"
    assert settings.source("fields.gpt-image-2.n") == f"{project}:3"
    assert settings.source("limits.polls") == f"{file}:5"
    assert settings.source("limits.downloads") == "default"
    assert settings.source("presets.poster") == f"{file}:15"
    assert settings.source("prices.gemini-3.1-flash-image.1K") == f"{file}:12"


def test_a_profile_goes_before_the_rest_of_the_file(world: World) -> None:
    world.user(USER)
    for settings in (
        world.load(profile="work"),
        world.load(environ={"IMAGEDECK_PROFILE": "work"}),
    ):
        assert settings.profile == "work"
        assert settings.base_url == "https://two.example"
        assert settings.output_dir == Path("/work")
        assert settings.key_command == ("pass", "show", "x")
        prices = settings.prices_of(find_model("gemini"))
        assert (prices["1K"], prices["2K"], prices["4K"]) == tuple(
            map(Decimal, ("1", "0.5", "0.151"))
        )
    world.user('profile = "work"\n' + USER)
    assert world.load().base_url == "https://two.example"
    assert world.load(profile="default").base_url == "https://one.example/api"
    assert world.load(environ={"IMAGEDECK_BASE_URL": "https://v"}).base_url == "https://v"


def test_an_unknown_profile_is_named_with_the_known_ones(world: World) -> None:
    [fault] = world.faults(profile="wrok")
    assert fault.startswith("--profile: there is no profile 'wrok', only default;")
    world.user('\nprofile = "wrok"\n[profiles.work]\n')
    [fault] = world.faults()
    assert fault.startswith(f"{world.file}:2: profile: there is no profile 'wrok'")
    assert "default, work" in fault


def test_the_demo_has_gateway_and_folder_of_its_own(world: World) -> None:
    world.user('base_url = "https://one.example"\noutput_dir = "/images"\nask_above = 1\n')
    environ = {"IMAGEDECK_BASE_URL": "no address", "IMAGEDECK_OUTPUT_DIR": "/elsewhere"}
    settings = load_settings({}, environ, world.cwd, world.demo)
    assert settings.base_url == "http://demo.invalid"
    assert settings.output_dir == world.demo.images
    assert settings.ask_above == 1
    moved = load_settings({"output_dir": "here"}, environ, world.cwd, world.demo)
    assert moved.output_dir == world.cwd / "here"
    with pytest.raises(SettingsError, match="--demo has its own gateway"):
        load_settings({"base_url": "https://x"}, {}, world.cwd, world.demo)


def test_bad_flags_and_variables_come_at_once(world: World) -> None:
    with pytest.raises(SettingsError) as caught:
        world.load(base_url="http://x", environ={"IMAGEDECK_BASE_URL": "https://u:pw@x"})
    flag, variable = str(caught.value).splitlines()
    assert flag.startswith("--base-url: must begin with https://")
    assert variable.startswith("IMAGEDECK_BASE_URL: must not hold a user")
    assert "pw" not in variable


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('ask_above = "many"', 1, "ask_above: must be a whole number"),
        ("ask_above = true", 1, "ask_above: must be a whole number"),
        ("ask_above = -1", 1, "ask_above: must be at least 0"),
        ("ask_abov = 1", 1, "did you mean ask_above?"),
        ("\nzzz = 1", 2, "zzz: there is no such setting; there are"),
        ('api_key = "SECRET"', 1, "run `imagedeck key set`"),
        ('[profiles.w]\nkey = "SECRET"', 2, "run `imagedeck key set`"),
        ('key_command = "SECRET"', 1, "must be a list of texts"),
        ("key_command = []", 1, "must not be empty"),
        ('key_command = ["a\\u0000"]', 1, "zero byte"),
        ("key_command = [\n1,\n]", 1, "key_command.0: must be text in quotes"),
        ('base_url = "https://a:SECRET@b"', 1, "user or a password"),
        ("base_url = 7", 1, "must be text in quotes"),
        ('output_dir = "images"', 1, "must be a whole path"),
        ('template = "{date}"', 1, "needs {id} and {index}"),
        ('template = "{x}{id}{index}"', 1, "{x} is no field"),
        ("limits = 4", 1, "limits: must be a table"),
        ("[in_flight]\nall = 0", 2, "in_flight.all: must be at least 1"),
        ("[in_flight]\ngtp = 2", 2, "in_flight.gtp: There is no model 'gtp'. Did you mean 'gpt'?"),
        ("[limits]\npolls = 0", 2, "limits.polls: must be at least 1"),
        (
            '[limits]\nsubmissions_per_second = "10"',
            2,
            "limits.submissions_per_second: must be a number, such as 10 or 0.5",
        ),
        (
            "[limits]\nsubmissions_per_second = 0",
            2,
            "limits.submissions_per_second: must be at least 0.001",
        ),
        ("[limits]\npolls = 1000", 2, "limits.polls: must be at most 256"),
        ("[limits]\n\npol = 1", 3, "limits.pol: there is no such setting; did you mean polls?"),
        ("fields = 1", 1, "fields: must be a table"),
        ("[fields]\ngpt = 1", 2, "fields.gpt: must be a table"),
        ("[fields.gtp]", 1, "Did you mean 'gpt'?"),
        ('[fields.gpt]\nquality = "hgih"', 2, "(nearest: high)"),
        ('[fields.gpt]\nqualty = "high"', 2, "did you mean quality?"),
        ('[fields.gpt]\nzzz = "high"', 2, "it has size"),
        ("[fields.gpt]\nn = 1.5", 2, "must be a whole number"),
        ('[fields.gpt]\nprompt = "a"', 2, "put it in a preset"),
        ('[fields.seedream]\nimage = ["a"]', 2, "use a preset"),
        ('[fields.seedream]\nsize = "1024x1024"', 2, "must have at least 3,686,400 pixels"),
        ("[presets.x]\nn = 1", 1, "presets.x: needs a model"),
        ('[presets.x]\nmodel = "gtp"', 2, "presets.x.model: There is no model 'gtp'"),
        ('[presets.x]\nmodel = "seedream"\nimage = "a"', 3, "must be a list of files or URLs"),
        ('[presets.x]\nmodel = "gpt"\nimage = ["a"]', 3, "has no such field"),
        ("[prices.gpt]\nfoo = 1", 2, "nothing has this price"),
        ('[prices.seedream]\n"2048x2048 high" = 1', 2, "nothing has this price"),
        ("[prices.seedream]\nimage = -1", 2, "must be at least 0"),
        ("[prices.seedream]\nimage = true", 2, "must be a number"),
        ("[prices.seedream]\nimage = nan", 2, "must be a number"),
        ('[prices.seedream]\nimage = "cheap"', 2, "must be a number"),
        ("[profiles.w.prices.seedream]\nfoo = 1", 2, "profiles.w.prices.seedream.foo: nothing"),
        ("[profiles.w]\nbase_ur = 1", 2, "did you mean base_url?"),
        ('[profiles."a b"]', 1, "must be a name of letters"),
        ("profiles = 1", 1, "profiles: must be a table"),
        ("[profiles]\nw = 1", 2, "profiles.w: must be a table"),
    ],
)
def test_a_fault_has_file_line_key_and_remedy(
    world: World, text: str, line: int, said: str
) -> None:
    world.user(text)
    faults = world.faults()
    assert any(said in fault for fault in faults), faults
    assert all(fault.startswith(f"{world.file}:{line}: ") for fault in faults)
    assert "SECRET" not in "".join(faults)


def test_all_faults_of_both_files_come_at_once_in_order(world: World) -> None:
    world.user('ask_above = "x"\n[fields.gpt]\nn = 0\n[limits]\npolls = 0\n')
    world.project_file.write_text("n = 1\n")
    where = [fault.split(": ")[0] for fault in world.faults()]
    file = world.file
    assert where == [f"{world.project_file}:1", f"{file}:1", f"{file}:3", f"{file}:5"]


@pytest.mark.parametrize(
    "line",
    [
        'base_url = "https://evil.example"',
        'output_dir = "/tmp"',
        'key_command = ["evil"]',
        'api_key = "SECRET"',
        'hook = "evil"',
        'database = "evil"',
        'database_url = "evil"',
        'viewer = "evil"',
        'profile = "evil"',
        "ask_above = 100000",
        "[limits]\npolls = 1",
        "[prices.seedream]\nimage = 0",
        '[profiles.default]\nbase_url = "https://evil.example"',
    ],
)
def test_a_project_file_cannot_set_what_a_stranger_must_not(world: World, line: str) -> None:
    world.project_file.write_text(line)
    [fault] = world.faults()
    assert fault.startswith(f"{world.project_file}:1: ")
    assert "stranger" in fault or "imagedeck key set" in fault
    assert "SECRET" not in fault


def test_a_project_files_presets_set_no_references(world: World) -> None:
    world.project_file.write_text('[presets.p]\nmodel = "seedream"\nimage = ["/etc/passwd"]\n')
    [fault] = world.faults()
    assert f"{world.project_file}:3: presets.p.image" in fault
    world.project_file.write_text('[presets.p]\nmodel = "seedream"\nsize = "2K"\n[fieldz]\n')
    [fault] = world.faults()
    assert "did you mean fields?" in fault
    world.project_file.write_text('[presets.p]\nmodel = "seedream"\nsize = "2K"\n')
    assert world.load().presets["p"].values == {"size": "2K"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a = 1\nb = = 2\n", ":2: this is no TOML"),
        (b"a = 1\nb = [1,\n\n", ":2: this is no TOML"),
        (b"a = 1\na = 2\n", ":2: this is no TOML: Cannot overwrite a value"),
        (b"a = 1\nb = '\xff'\n", ":2: this is no UTF-8"),
        (b"a = " + b"9" * 5000, "a number is too long"),
        (b"a = " + b"[" * 5000, "lists are too deep"),
        (b"#" * 300_000, "larger than 256 KiB"),
    ],
)
def test_no_toml(world: World, raw: bytes, said: str) -> None:
    world.file.write_bytes(raw)
    [fault] = world.faults()
    assert fault.startswith(f"{world.file}:")
    assert said in fault


def test_what_is_no_file_is_refused(world: World) -> None:
    world.file.mkdir()
    assert "is not a file" in world.faults()[0]


def test_an_unreadable_file_is_named(world: World) -> None:
    world.file.symlink_to(world.file.name)
    assert "can't be read" in world.faults()[0]


def test_rows_are_toml_that_loads_again(world: World) -> None:
    import tomllib

    world.user(USER + '[presets."é ü"]\nmodel = "gpt"\n')
    settings = world.load()
    text, table = "", ""
    for row in rows(settings):
        if row.table != table:
            table = row.table
            text += f"[{table}]\n"
        text += f"{row.line}\n"
    tree = tomllib.loads(text)
    assert tree["presets"]["é ü"] == {"model": "gpt-image-2"}
    world.user(text)
    again = world.load()
    assert (again.fields, again.presets, again.prices) == (
        settings.fields,
        settings.presets,
        settings.prices,
    )
    assert again.key_command == settings.key_command
    records = {str(row.record["name"]): row.record["value"] for row in rows(settings)}
    assert records["output_dir"] == "/images"
    assert records["prices.gemini-3.1-flash-image.2K"] == 0.5
    assert records["key_command"] == ["pass", "show", "x"]


def test_who_one_is_comes_from_file_variable_or_login(world: World) -> None:
    alone = world.load(environ={"LOGNAME": "alice"})
    assert (alone.user, alone.submitter) == ("alice", None)
    assert "user" not in [row.path[-1] for row in rows(alone)]
    shared = {"IMAGEDECK_DATABASE_URL": "postgresql://db/x", "LOGNAME": "alice"}
    assert world.load(environ=shared).submitter == "alice"
    world.user('user = "bob"\n')
    assert world.load(environ=shared).submitter == "bob"
    assert world.load(environ={**shared, "IMAGEDECK_USER": "carol"}).submitter == "carol"
    world.user('user = "Me"\n')
    assert world.faults() == [
        f'{world.file}:1: user: must be one word, such as "alice", and not "me"'
    ]
    world.user("")
    world.project_file.write_text('user = "eve"\n')
    assert "imagedeck.toml:1: user:" in world.faults()[0]
