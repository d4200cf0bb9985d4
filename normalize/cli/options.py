"""Options that several commands share, and the settings that they make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from normalize.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normalize.pipeline import Settings

F = TypeVar("F", bound="Callable[..., Any]")

CONFIG = "normalize.toml"

_SHARED = (
    click.option("--no-translate", is_flag=True, help="Leave foreign text as it is."),
    click.option("--keep-boilerplate", is_flag=True, help="Remove nothing."),
    click.option(
        "--keep",
        multiple=True,
        metavar="CATEGORY",
        help="Do not remove this category of clutter (repeatable).",
    ),
    click.option(
        "--drop",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="PATTERN_FILE",
        help="Also remove what the patterns of this file match (repeatable).",
    ),
    click.option(
        "--models",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="A folder with translation models that come before all others.",
    ),
    click.option("--no-memory", is_flag=True, help="Do not use the translation memory."),
    click.option(
        "--translator",
        default="argos",
        show_default=True,
        help="Which translator: argos, openai, or one of a plug-in.",
    ),
    click.option(
        "--base-url",
        metavar="URL",
        help="Address of a local OpenAI-compatible server, for --translator openai.",
    ),
    click.option("--allow-remote", is_flag=True, help="Allow a --base-url that is not on this machine."),
    click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"Rules for sites; ./{CONFIG} is read if it is there.",
    ),
)


def shared(function: F) -> F:
    """The options that every command of the pipeline has."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def settings_of(options: dict[str, Any], **more: Any) -> Settings:
    """The settings that the shared options ask for.

    Raises:
        UsageError: An option names what does not exist.
    """
    from typing import get_args

    from normalize.document import Category
    from normalize.pipeline import Settings

    unknown = sorted(set(options["keep"]) - set(get_args(Category)))
    if unknown:
        raise UsageError(f"--keep {unknown[0]}: no such category; there are {', '.join(get_args(Category))}")
    for path in options["drop"]:
        if not path.is_file():
            raise UsageError(f"--drop {path}: no such file")
    return Settings(
        translate=not options["no_translate"],
        strip_boilerplate=not options["keep_boilerplate"],
        keep=frozenset(options["keep"]),
        drop=tuple(options["drop"]),
        site_rules=_site_rules(options["config"]),
        models=options["models"],
        memory=False if options["no_memory"] else None,
        translator=options["translator"],
        base_url=options["base_url"],
        allow_remote=options["allow_remote"],
        **more,
    )


def _site_rules(config: Path | None) -> tuple[object, ...]:
    path = config or Path(CONFIG)
    if not path.is_file():
        if config is not None:
            raise UsageError(f"--config {config}: no such file")
        return ()
    from normalize.toml import load_toml

    try:
        values = load_toml(path)
    except ValueError as error:
        raise UsageError(f"{path}: no valid TOML: {error}") from error
    rules = values.get("site", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise UsageError(f"{path}: 'site' must be a list of tables, written [[site]]")
    return tuple(rules)
