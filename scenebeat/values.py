"""Values as they are typed: numbers within bounds, seconds, dollars. Wrong ones are a sentence, never a traceback."""

import argparse
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

MOST_USD = 1_000_000


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers within these bounds."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"{found} is not between {least} and {most}")
        return found

    return read


def seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not 0 < found <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600 s")
    return found


def dollars(text: str) -> Decimal:
    try:
        usd = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of US dollars, such as 3 or 2.50") from None
    if not usd.is_finite() or not 0 <= usd <= MOST_USD or usd != round(usd, 4):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {MOST_USD:,} dollars, in hundredths of a cent")
    return usd


def address(text: str) -> str:
    """Of a gateway."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address of a gateway, such as http://127.0.0.1:8000")
    return text
