"""Options that stand before or after a command, settings files, variables, and what is refused."""

import shutil
from typing import Final

import pytest

from tests.cli.console import Console

AWAY: Final = "redis://127.0.0.1:1"


@pytest.mark.parametrize("arguments", ["--output json status", "status --output json"])
def test_a_global_option_may_stand_before_or_after_the_command(
    sample: Console, arguments: str
) -> None:
    done = sample(*arguments.split())

    assert done.out.startswith("{\n")
    assert done.one["conflicts"][0]["conflict"] == "ukraine"


@pytest.mark.parametrize(
    "arguments",
    [
        "--data {} refused list --output=json",
        "refused --data={} list --output json",
        "--output json refused list --data {}",
        "--output=json --data={} refused list",
    ],
)
def test_global_options_may_stand_around_a_command_of_two_words(
    sample: Console, arguments: str
) -> None:
    done = sample(*arguments.format(sample.data).split(), data=False)

    assert (done.code, done.out) == (0, "[]\n")


def test_a_global_option_before_the_command_is_no_argument_behind_two_dashes(
    sample: Console,
) -> None:
    done = sample(
        *("--data", sample.data, "event", "--conflict", "ukraine", "--", "--source", "--id"),
        data=False,
    )

    done.refuses(3, "'--id' from '--source'")


@pytest.mark.parametrize("command", ["up", "run projector", "demo --once"])
def test_a_command_without_rows_takes_output_all_the_same(console: Console, command: str) -> None:
    running = console.start("--output", "json", "--url", AWAY, *command.split(), data=False)

    assert running.done().code == 75


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nope", ['"nope"', "conflict-timeline --help"]),
        ("--data x", ["which command?", "conflict-timeline --help"]),
        ("--data x run", ["which command?", "conflict-timeline run --help"]),
        ("--nope status", ['"--nope"', "conflict-timeline --help"]),
        ("statu", ['"status"']),
        ("refused nope", ['"nope"', "conflict-timeline refused --help"]),
        ("status extra more", ["unexpected: extra more", "conflict-timeline status --help"]),
        ("status --dat x", ["--dat", "--data"]),
        ("status --output xml", ['"xml"', '"ndjson"']),
        ("status --data", ["--data"]),
        ("timeline", ["PROJECTION"]),
        ("timeline pairings", ["--conflict"]),
        ("timeline pairings --conflict a --conflict b", ["--conflict", "multiple times"]),
        ("event source --conflict ukraine", ["ID"]),
        ("refused list --reason rude", ['"rude"', '"not_json"']),
        ("up --hots 127.0.0.1", ["--hots", "conflict-timeline up --help"]),
        ("up --port http", ["--port", "http"]),
        ("publish --nope", ["--nope"]),
        ("publish - --nope", ["--nope"]),
    ],
)
def test_what_cannot_be_understood_is_one_line_and_exit_2(
    console: Console, arguments: str, words: list[str]
) -> None:
    console(*arguments.split(), data=False).refuses(2, *words)


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(console: Console) -> None:
    config = console.folder / "settings.toml"
    config.write_text('data = "from-file"\nlog_format = "json"\n', "utf-8")

    def folder(*arguments: str, **env: str) -> str:
        done = console("status", "--config", config, *arguments, env=env, data=False)
        assert done.code == 0
        assert '"event": "broker.started"' in done.err, "the log format is the file's"
        (made,) = [path for path in console.folder.iterdir() if path.is_dir()]
        shutil.rmtree(made)
        return made.name

    assert folder() == "from-file"
    assert folder(CONFLICT_TIMELINE_DATA="from-variable") == "from-variable"
    assert folder("--data", "from-flag", CONFLICT_TIMELINE_DATA="from-variable") == "from-flag"


def test_a_url_from_the_environment_is_used(console: Console) -> None:
    done = console("status", env={"CONFLICT_TIMELINE_URL": AWAY}, data=False)

    done.refuses(75, "redis://127.0.0.1:1")
    assert not (console.folder / ".conflict-timeline").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["settings.toml", "No such file"]),
        ("data = ", ["settings.toml", "no TOML"]),
        ("datta = 'x'", ["settings.toml: datta", "durability"]),
        ("data = 3", ["settings.toml: data", "got `int`"]),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_refused(
    console: Console, text: str | None, words: list[str]
) -> None:
    if text is not None:
        (console.folder / "settings.toml").write_text(text, "utf-8")

    console("status", "--config", "settings.toml").refuses(2, *words)


def test_a_variable_with_a_value_that_is_not_allowed_is_refused(console: Console) -> None:
    done = console("status", env={"CONFLICT_TIMELINE_DURABILITY": "sometimes"})

    done.refuses(2, "CONFLICT_TIMELINE_DURABILITY", "'sometimes'", "everysec, always")


@pytest.mark.parametrize("arguments", ["--data= status", "status --url="])
def test_an_option_given_as_nothing_is_refused(console: Console, arguments: str) -> None:
    console(*arguments.split(), data=False).refuses(2, "is empty")


@pytest.mark.parametrize("command", ["status", "publish", "demo --once", "refused list"])
def test_a_broker_that_is_away_is_exit_75(console: Console, command: str) -> None:
    console("--url", AWAY, *command.split(), data=False).refuses(75, AWAY, "is away")


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:6379", "http://127.0.0.1", "redis://host:port"],
)
def test_a_url_that_cannot_be_used_is_exit_2(console: Console, url: str) -> None:
    console("status", "--url", url, data=False).refuses(2, "URL", "cannot be used")


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:hunter2@127.0.0.1:1",
        "redis://user:hunter2@127.0.0.1:one",
        "redis://127.0.0.1:1?password=hunter2",
        "hunter2",
    ],
)
def test_a_password_is_never_printed(console: Console, url: str) -> None:
    done = console("up", "--url", url, "--log-format", "json", data=False)

    assert done.code in (2, 75)
    assert "hunter2" not in done.out + done.err


def test_a_password_that_is_wrong_is_not_printed_and_exit_75(sample: Console) -> None:
    done = sample("status", "--url", f"unix://user:hunter2@{sample.data}/broker/valkey.sock")

    assert done.code == 75
    assert "hunter2" not in done.out + done.err


def test_a_data_folder_that_is_a_file_is_exit_75_and_says_so(console: Console) -> None:
    (console.folder / "file").write_text("", "utf-8")

    console("status", "--data", "file", data=False).refuses(75, "file", "Not a directory")


def test_a_data_folder_that_cannot_be_written_to_is_exit_75_and_says_so(
    console: Console,
) -> None:
    # Not even root may make a folder there.
    done = console("status", "--data", "/proc/self/data", data=False)

    done.refuses(75, "/data", "cannot be used")


def test_a_data_folder_is_made_with_those_above_it(console: Console) -> None:
    assert console("status", "--data", "a/b/c", data=False).code == 0
    assert (console.folder / "a/b/c/broker").is_dir()


def test_without_an_option_the_data_folder_is_in_the_current_one(console: Console) -> None:
    assert console("status", data=False).code == 0
    assert (console.folder / ".conflict-timeline" / "broker").is_dir()


def test_arguments_that_are_no_utf8_are_refused(sample: Console) -> None:
    sample("event", b"\xff", "x", "--conflict", "ukraine").refuses(2, "not UTF-8")
    sample("timeline", "pairings", "--conflict", b"\xff").refuses(2, "not UTF-8")


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("timeline", "chronology", "--conflict", "ukraine", "--q", ""), "--q"),
        (("timeline", "chronology", "--conflict", "ukraine", "--q="), "--q"),
        (("timeline", "chronology", "--conflict", "ukraine", "--speaker", ""), "--speaker"),
        (("timeline", "chronology", "--conflict", "ukraine", "--act", ""), "--act"),
        (("timeline", "pairings", "--conflict", "ukraine", "--incident", ""), "--incident"),
        (("timeline", "chronology", "--conflict", ""), "--conflict"),
        (("export", "chronology", "--conflict=", "--q", "a"), "--conflict"),
        (("keys", "create", "desk", "--source", "a:b", "--url", ""), "--url"),
        (("--data", "", "status"), "--data"),
        (("--output=", "status"), "--output"),
    ],
)
def test_an_option_with_an_empty_value_is_refused(
    console: Console, arguments: tuple[str, ...], option: str
) -> None:
    """A variable of a script that is not set: what it asks for is not what was meant."""
    console(*arguments, data=False).refuses(2, f"{option} is empty")
    assert not console.data.exists()


def test_an_empty_argument_behind_two_dashes_is_no_value_of_an_option(sample: Console) -> None:
    behind = ("--conflict", "ukraine", "--", "--source", "")
    done = sample("event", "--data", sample.data, *behind, data=False)

    done.refuses(3, "'' from '--source'")


def test_an_act_that_is_none_is_told_which_there_are(sample: Console) -> None:
    done = sample("timeline", "chronology", "--conflict", "ukraine", "--act", "sing")

    done.refuses(2, "'sing' is no act; there are: ", "deny")
