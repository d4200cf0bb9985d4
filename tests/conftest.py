"""What all tests share: no network, a memory of their own, the real models."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from normalize import Normalizer
from normalize.pipeline import Settings

settings.register_profile(
    "normalize", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("normalize")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test fails that opens a connection to another machine."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if self.family != socket.AF_UNIX and not str(host).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a connection to {address!r} was tried")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The translation memory and the models of whoever runs the tests stay out of them."""
    base = tmp_path_factory.getbasetemp() / "home"
    for name, folder in (
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
    ):
        monkeypatch.setenv(name, str(base / folder))


@pytest.fixture(scope="session")
def normalizer() -> Normalizer:
    """One normalizer for many tests: loading its models takes a second."""
    return Normalizer(Settings(memory=False))


@pytest.fixture(scope="session")
def without_translation() -> Normalizer:
    """A normalizer that needs no models."""
    return Normalizer(Settings(translate=False))


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Real documents that cannot be published; tests that read them are skipped elsewhere."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("the acceptance documents are not here")
    return folder
