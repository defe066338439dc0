"""A shuffled deck of cards: everything is dealt once before anything is dealt again."""

import random
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Card = TypeVar("Card")


class Deck(Generic[Card]):
    """Deals cards in a seeded order. A card comes back only after all others have been dealt."""

    def __init__(self, cards: Iterable[Card], *, chance: random.Random) -> None:
        self._pile = list(cards)
        chance.shuffle(self._pile)

    def deal(self, fits: Callable[[Card], bool] = lambda _: True) -> Card:
        """The next card that fits, or simply the next when none does; it goes to the bottom."""
        at = next((index for index, card in enumerate(self._pile) if fits(card)), 0)
        card = self._pile.pop(at)
        self._pile.append(card)
        return card
