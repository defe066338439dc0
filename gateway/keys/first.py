"""The first key, which a container finds in a file; and the refusal to listen to others without any."""

from pathlib import Path

from gateway.history import keys
from gateway.history.keys import ApiKey
from gateway.history.records import LOCAL
from gateway.history.store import History, Transaction
from gateway.keys.token import Token, read_token
from shared.config import ConfigError
from shared.logs import logger

FIRST = "first"


async def take_first_key(history: History, file: Path) -> None:
    """Make the key that stands in `file` good, as one of the space `local`; another gateway may do so too.

    Raises ConfigError. A key that was revoked stays so.
    """
    token = _read(file)
    async with history.write() as tx:
        key = ApiKey(id=token.id, hash=token.hash, name=FIRST, space=LOCAL, created_at=tx.now())
        await keys.put(tx, key)
        known = await keys.find(tx, token.id)
    if known is None or not token.proves(known.hash):
        raise ConfigError(f"{file}: another key of the id {token.id} is there already: give this one another id")
    if known.revoked_at is not None:
        logger(__name__).warning("first_key_is_revoked", key=token.id)


async def refuse_without_keys(history: History, host: str) -> None:
    """Raises ConfigError where nobody could come in, on an address that others reach."""
    async with history.read() as tx:
        if not await _some_good(tx):
            raise ConfigError(
                f"host {host}: without API keys the gateway listens on loopback only. Make one with `scenebeat keys "
                "create NAME`, or name a file that holds one in SCENEBEAT_FIRST_KEY_FILE"
            )


async def _some_good(tx: Transaction) -> bool:
    return any(key.revoked_at is None for key in await keys.all_of(tx))


def _read(file: Path) -> Token:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"first_key_file {file} cannot be read: {error}") from None
    token = read_token(text)
    if token is None:
        raise ConfigError(
            f"first_key_file {file} holds no key. One is sb_<id>_<secret>: an id of 3 to 16 small letters and digits, "
            "and at least 32 random letters and digits, as from `openssl rand -hex 32`"
        )
    return token
