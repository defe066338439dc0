"""What the stack's processes are told: the user's environment over the `.env` of the current folder."""

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

DOTENV = ".env"
KEYS: Mapping[str, tuple[str, ...]] = {
    "REPLICATE_API_TOKEN": ("REPLICATE_API_TOKEN", "REPLICATE_API_KEY"),
    "GEMINI_API_KEY": ("GEMINI_API_KEY",),
    "GOOGLE_CLOUD_PROJECT": ("GOOGLE_CLOUD_PROJECT", "VERTEX_API_KEY"),
}
"""What opens a provider, and the variables that say it."""


def read_environment(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment`, and from `folder`/.env what it does not set. Empty lines of a copied .env.example set nothing."""
    return {**read_dotenv(folder / DOTENV), **environment}


def keys_set(environment: Mapping[str, str]) -> dict[str, bool]:
    return {key: any(environment.get(name) for name in names) for key, names in KEYS.items()}


def any_key(environment: Mapping[str, str]) -> bool:
    """Whether anything may be made by somebody who is paid for it."""
    return any(keys_set(environment).values())


def read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a .env file as they stand there (no `$` is expanded: keys may hold one); none without a file."""
    if not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
