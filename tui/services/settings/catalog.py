"""Every setting with its meaning, for the first settings file and the documentation."""

from collections.abc import Iterator
from dataclasses import asdict

from tui.core.home import DEFAULT_PROFILE
from tui.core.keeping import Keep
from tui.core.language import _
from tui.core.naming import DEFAULT_TEMPLATE, FIELDS
from tui.services.settings.entry import Entry
from tui.services.settings.load import PROJECT_FILE
from tui.services.settings.values import DEFAULT_BASE_URL

_DAYS = asdict(Keep())
_PROFILE, _PROJECT = "profile", "project file"

ENTRIES = (
    Entry(
        name="base_url",
        example=f'base_url = "{DEFAULT_BASE_URL}"',
        default=f"`{DEFAULT_BASE_URL}`",
        help=_("The gateway: https, or http on this machine; a path is kept."),
        places=(_PROFILE,),
    ),
    Entry(
        name="output_dir",
        example='output_dir = "~/Pictures/imagedeck"',
        default="Pictures/imagedeck",
        help=_("The folder where images go, or `s3://BUCKET/PREFIX` (docs/shared.md)."),
        places=(_PROFILE,),
    ),
    Entry(
        name="template",
        example=f'template = "{DEFAULT_TEMPLATE}"',
        default=f"`{DEFAULT_TEMPLATE}`",
        help=_(
            "The names of images, made of {names}.",
            names=", ".join(f"`{{{name}}}`" for name in FIELDS),
        ),
        places=(_PROJECT,),
    ),
    Entry(
        name="profile",
        example=f'profile = "{DEFAULT_PROFILE}"',
        default=f"`{DEFAULT_PROFILE}`",
        help=_("The profile that holds unless another is asked for."),
    ),
    Entry(
        name="database_url",
        example='database_url = "postgresql://me@db.example.com/imagedeck"',
        default="the SQLite file",
        help=_(
            "A PostgreSQL database that several hosts share (`imagedeck[shared]`); its password "
            "belongs into ~/.pgpass."
        ),
    ),
    Entry(
        name="user",
        example='user = "alice"',
        default="the login name",
        help=_("Who you are in a shared database: whose the jobs are that you add."),
    ),
    Entry(
        name="any_key",
        example="any_key = true",
        default="false",
        help=_(
            "In a shared database: whoever sends your jobs pays, with any key; else yours does."
        ),
    ),
    Entry(
        name="run",
        example='run = "workers"',
        default="`here`",
        help=_(
            "Who works on the jobs of a shared database: this process (`here`), or the `workers` "
            "that `imagedeck worker` starts."
        ),
    ),
    Entry(
        name="key_command",
        example='key_command = ["pass", "show", "gateway"]',
        default="none",
        help=_(
            "A command whose first line of output is the key; no shell, 20 seconds, no terminal."
        ),
        places=(_PROFILE,),
    ),
    Entry(
        name="ask_above",
        example="ask_above = 200",
        default="200",
        help=_("More requests than this at once are sent only after a question, or with `--yes`."),
    ),
    Entry(
        name="detach_on_hangup",
        example="detach_on_hangup = true",
        default="false",
        help=_("When the terminal hangs up, a process without one finishes what is under way."),
    ),
    Entry(
        name="theme",
        example='theme = "textual-light"',
        default="what was chosen last",
        help=_("The app's colours: a theme by its name; the command palette (ctrl+p) lists them."),
    ),
    Entry(
        name="language",
        example='language = "zh"',
        default="auto",
        help=_("What imagedeck speaks: `en`, `zh`, or, `auto`, what the locale says."),
    ),
    Entry(
        name="preview",
        example='preview = "half"',
        default="auto",
        help=_(
            "How the app shows pictures: as `kitty`, `sixel`, in `half` blocks, `off`, or, "
            "`auto`, the best that the terminal can."
        ),
    ),
    Entry(
        name="viewer",
        example='viewer = ["feh", "--scale-down"]',
        default="the system's",
        help=_("The command that shows an image on a display; the file is its last argument."),
    ),
    Entry(
        name="on_saved",
        example='on_saved = ["/home/me/bin/publish"]',
        default="none",
        help=_(
            "A command run when a job is saved, with the job as JSON on its standard input; no "
            "shell, no key."
        ),
    ),
    Entry(
        name="notify",
        example='notify = "bell"',
        default="`off`",
        help=_(
            "How the app tells that a long job, or the whole queue, has ended: `bell`, `osc9` "
            "(the terminal's own notice), `desktop` or `off`."
        ),
    ),
    Entry(
        name="notify_after",
        example="notify_after = 60",
        default="60",
        help=_("From how many seconds on a job is long."),
    ),
    Entry(
        name="keys",
        example='[keys]\n"work.generate" = "ctrl+s"\n"jobs.remix" = "m"',
        default="see [keys](keys.md)",
        help=_("Other keys for the app's actions; several keys are separated by commas."),
    ),
    Entry(
        name="limits",
        example="[limits]\nsubmissions = 8\npolls = 32\ndownloads = 8\nsubmissions_per_second = 10",
        default="8, 32, 8, no limit",
        help=_("How many of each at once; `submissions_per_second` is for all processes together."),
    ),
    Entry(
        name="in_flight",
        example="[in_flight]\nall = 100\ngpt = 20",
        default="no limit",
        help=_(
            "How many jobs of a model, or of `all`, from all processes, are at a gateway at once."
        ),
    ),
    Entry(
        name="budget",
        example="[budget]\nrun = 5\nday = 20\nmonth = 200",
        default="none",
        help=_(
            "The most US dollars that one `run`, a `day` and a `month` may cost by the estimated "
            "prices; what would exceed it is not sent."
        ),
    ),
    Entry(
        name="keep",
        example="[keep]\n" + "\n".join(f"{name} = {days}" for name, days in _DAYS.items()),
        default=", ".join(map(str, _DAYS.values())),
        help=_(
            "For how many days `quarantine`, odd `answers`, `references` no job needs, "
            "`thumbnails`, the `results` (URLs) of ended jobs, the `leftovers` of killed runs and "
            "copies of `originals` that are in a bucket are kept."
        ),
    ),
    Entry(
        name="fields",
        example='[fields.gpt-image-2]\nquality = "medium"',
        default="what the model takes",
        help=_("Values of a model's fields that hold when a request leaves them out."),
        places=(_PROJECT,),
    ),
    Entry(
        name="presets",
        example='[presets.poster]\nmodel = "gpt-image-2"\nsize = "1024x1536"\nquality = "high"',
        default="none",
        help=_(
            "Named sets of values for a model, for `--preset` and f8 in the app; only the user "
            "file's may set references."
        ),
        places=(_PROJECT,),
    ),
    Entry(
        name="snippets",
        example='[snippets]\nwatercolor = "loose watercolor, soft light"\n'
        'poster = "{prompt}, as a vintage travel poster"',
        default="none",
        help="Named pieces of prompt text, for `--snippet` and f9 in the app; `{prompt}` is "
        "where the prompt stands, otherwise a snippet goes behind it.",
        places=(_PROJECT,),
    ),
    Entry(
        name="prices",
        example='[prices.gemini-3-pro-image]\n"4K" = 0.24',
        default="the shipped table",
        help=_("What an image costs, in US dollars, where you know better than the shipped table."),
        places=(_PROFILE,),
    ),
    Entry(
        name="profiles",
        example='[profiles.work]\nbase_url = "https://gateway.example.com"\n'
        'output_dir = "~/work/images"\nkey_command = ["pass", "show", "work/gateway"]',
        default="none",
        help=_("Named sets of gateway, key source, folder and prices, with a stored key each."),
    ),
)


def starting_text() -> str:
    """Return a settings file that sets nothing, and shows everything that can be set."""
    head = _(
        "# The settings of imagedeck. Every line that begins with # is off.\n"
        "# A flag goes before a variable, a variable before {project_file} in the current\n"
        "# folder, and that before this file. `imagedeck config show` says what holds.\n",
        project_file=PROJECT_FILE,
    )
    return "\n".join((head, *_blocks()))


def _blocks() -> Iterator[str]:
    for entry in ENTRIES:
        lines = [f"# {entry.help}", *(f"#{line}" for line in entry.example.splitlines())]
        yield "\n".join(lines) + "\n"
