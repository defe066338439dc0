"""What the stack's processes are told: the user's environment over the `.env` of the current folder."""

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

DOTENV = ".env"


def read_environment(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment`, and from `folder`/.env what it does not set. Empty lines of a copied .env.example set nothing."""
    return {**read_dotenv(folder / DOTENV), **environment}


def read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a .env file as they stand there (no `$` is expanded: keys may hold one); none without a file."""
    if not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
