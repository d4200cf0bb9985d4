"""`normalize models`: what is installed, and how to get more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from normalize.errors import ExitCode

if TYPE_CHECKING:
    from normalize.translate.packages import Package

_DIR = click.option(
    "--models",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of packages to look at before the usual ones.",
)


@click.group("models")
def command() -> None:
    """List, install, remove and verify translation models.

    Models are Argos packages (.argosmodel). They are looked for in --models, ./models, the folder of
    `normalize models install`, the folder of Argos Translate, and last among those that came with this
    program; for each language the best is used, by a table of measured quality.
    """


@command.command("list")
@_DIR
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def list_models(models: Path | None, as_json: bool) -> int:
    """Show the installed models: languages, quality, licence, place; * marks what is used for a language."""
    import json

    from normalize.translate.packages import Quality, find, folders, route

    problems: list[str] = []
    packages = find(models, problems)
    quality = Quality.standard()
    languages = list(dict.fromkeys(lang for package in packages for lang in package.languages))
    used = {(step.path, lang) for lang in languages for step in route(packages, lang, quality)}
    if as_json:
        rows = [
            {
                **package.info().as_dict(),
                "origin": package.origin,
                "from": package.from_code,
                "to": package.to_code,
                "quality": {lang: quality.of(package, lang) for lang in package.languages},
                "used_for": [lang for lang in package.languages if (package.path, lang) in used],
            }
            for package in packages
        ]
        click.echo(json.dumps({"models": rows, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        _table(packages, quality, used)
        for origin, folder in folders(models):
            click.echo(f"{origin}: {folder}", err=True)
    for problem in problems:
        click.echo(problem, err=True)
    return int(ExitCode.SOME_FAILED if problems else ExitCode.OK)


def _table(packages: list[Package], quality: Any, used: set[tuple[Path, str]]) -> None:
    from rich.table import Table

    from normalize.cli.console import console, plain

    table = Table("language", "model", "version", "chrF", "licence", "size", "where", "sha256")
    for package in packages:
        for lang in package.languages:
            mark = "*" if (package.path, lang) in used else " "
            table.add_row(
                f"{mark} {plain(lang)} → {plain(package.to_code)}",
                plain(package.name),
                plain(package.version),
                f"{quality.of(package, lang):.1f}",
                plain(package.licence),
                f"{_size(package.path) / 1e6:.0f} MB",
                plain(package.origin),
                package.sha256[:12],
            )
    if packages:
        console(sys.stdout).print(table)
    else:
        click.echo("No models are installed. `normalize models install LANGUAGE` gets one.", err=True)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


@command.command("install")
@click.argument("what")
@click.option("--firefox", is_flag=True, help="WHAT is a language: install its Firefox Translations model.")
@click.option(
    "--files",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --firefox: a folder that has the model's files, instead of downloading them.",
)
@click.option("--sha256", metavar="HEX", help="Refuse a package that has another checksum.")
def install(what: str, firefox: bool, files: Path | None, sha256: str | None) -> int:
    """Install a model: a language code (from the Argos index), a .argosmodel file, or a URL.

    This is the only command that opens a network connection, and only for a language or a URL. A package
    is checked before it is put in its place: names that lead out of its folder, links, bombs, damage.
    """
    from normalize.errors import UsageError
    from normalize.translate import install as installer

    if files and not firefox:
        raise UsageError("--files goes with --firefox.")
    if firefox and sha256:
        raise UsageError("--sha256 does not go with --firefox, whose files fxtranslate checks itself.")
    if firefox:
        package = installer.install_firefox(what, files=files)
    else:
        package = installer.install(what, sha256=sha256, progress=_progress())
    click.echo(f"{package.path}")
    click.echo(
        f"Installed {package.id}, {', '.join(package.languages)} → {package.to_code}, "
        f"licence: {package.licence}.",
        err=True,
    )
    return int(ExitCode.OK)


def _progress() -> Any:
    last = -1

    def report(done: int, total: int) -> None:
        nonlocal last
        if not sys.stderr.isatty():
            return
        step = done * 100 // total if total else done >> 20
        if step != last:
            last = step
            click.echo(f"\r{step} {'%' if total else 'MB'} ", nl=False, err=True)
            if total and done >= total:
                click.echo("", err=True)

    return report


@command.command("remove")
@click.argument("name")
def remove(name: str) -> int:
    """Remove a model that `install` put there, by the name or path that `list` shows."""
    from normalize.translate.install import remove as remove_package

    click.echo(f"{remove_package(name)}")
    return int(ExitCode.OK)


@command.command("verify")
@_DIR
def verify(models: Path | None) -> int:
    """Check the installed models again: whole, unchanged since their installation, and loadable."""
    from normalize.translate.install import verify as verify_packages
    from normalize.translate.packages import find

    problems: list[str] = []
    packages = find(models, problems)
    for package, problem in verify_packages(packages):
        click.echo(f"{'bad' if problem else 'ok'}\t{package.id}\t{package.sha256}\t{package.path}")
        if problem:
            problems.append(problem)
    for problem in problems:
        click.echo(problem, err=True)
    return int(ExitCode.SOME_FAILED if problems else ExitCode.OK)


@command.command("convert")
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", required=True, metavar="LANG", help="Language that the model translates from."
)
@click.option(
    "--to", "target", default="en", show_default=True, metavar="LANG", help="Language it translates to."
)
@click.option("--version", "version", default="1.0", show_default=True, help="Version of the package.")
@click.option("--licence", default="not stated", help="Licence of the checkpoint, shown by `list`.")
@click.option("--quantization", default="int8", show_default=True, help="How the weights are stored.")
def convert(
    checkpoint: Path, output: Path, source: str, target: str, version: str, licence: str, quantization: str
) -> int:
    """Make an .argosmodel of a downloaded OPUS-MT, Marian or Hugging Face model.

    CHECKPOINT is its folder, OUTPUT the package to write. For Hugging Face models the packages torch and
    transformers have to be installed; for OPUS-MT and Marian nothing more.
    """
    from normalize.translate.convert import convert as convert_checkpoint

    package = convert_checkpoint(
        checkpoint,
        output,
        source=source,
        target=target,
        version=version,
        licence=licence,
        quantization=quantization,
    )
    click.echo(f"{package.path}")
    return int(ExitCode.OK)


@command.command("lock")
@_DIR
@click.option(
    "--for",
    "languages",
    multiple=True,
    metavar="LANG",
    help="Lock only what this language needs (repeatable).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("models.lock"),
    show_default=True,
    help="Where to; - to print it.",
)
def lock(models: Path | None, languages: tuple[str, ...], output: Path) -> int:
    """Write down which models are used now, so that another machine, or a later run, uses the same."""
    from normalize.errors import ModelError
    from normalize.translate.install import records
    from normalize.translate.lock import lock_text
    from normalize.translate.packages import Quality, find, route

    packages = find(models)
    quality = Quality.standard()
    wanted = languages or tuple(dict.fromkeys(lang for package in packages for lang in package.languages))
    chosen: dict[Path, Package] = {}
    for lang in wanted:
        steps = route(packages, lang, quality)
        if not steps and languages:
            raise ModelError(f"There is no model for the language “{lang}”.")
        chosen |= {step.path: step for step in steps}
    sources = {entry["sha256"]: entry["source"] for entry in records().values() if "source" in entry}
    text = lock_text(chosen.values(), sources)
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        temporary = output.with_name(f".{output.name}.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(output)
        click.echo(f"{output}")
    return int(ExitCode.OK)
