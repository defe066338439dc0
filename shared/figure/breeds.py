"""What tells one species from another."""

from dataclasses import dataclass

from shared.figure.look import Look, Rgb


@dataclass(frozen=True, kw_only=True)
class Breed:
    """What tells one species from another. Sizes in heads."""

    ears: str = "pointed"
    ear_size: float = 0.4
    muzzle: float = 0.24
    """How far the snout reaches out in profile."""
    cheeks: float = 0.44
    tail: str = "bushy"
    mark: str = "none"
    nose: Rgb = (40, 30, 34)


BREEDS: dict[str, Breed] = {
    "fox": Breed(ear_size=0.46, muzzle=0.36, cheeks=0.5, mark="chin"),
    "wolf": Breed(ear_size=0.4, muzzle=0.34, cheeks=0.5, mark="chin"),
    "cat": Breed(ear_size=0.38, muzzle=0.12, cheeks=0.46, tail="thin", mark="stripes", nose=(196, 110, 116)),
    "tiger": Breed(ears="round", ear_size=0.22, muzzle=0.18, cheeks=0.5, tail="thin", mark="stripes"),
    "lion": Breed(ears="round", ear_size=0.2, muzzle=0.22, cheeks=0.46, tail="tuft", mark="mane"),
    "dog": Breed(ears="floppy", ear_size=0.5, muzzle=0.28, tail="thin", mark="chin"),
    "bear": Breed(ears="round", ear_size=0.22, muzzle=0.22, cheeks=0.47, tail="stub", mark="chin"),
    "panda": Breed(ears="round", ear_size=0.24, muzzle=0.16, cheeks=0.5, tail="stub", mark="patches"),
    "rabbit": Breed(ears="long", ear_size=0.95, muzzle=0.14, tail="puff", mark="chin", nose=(208, 128, 132)),
    "mouse": Breed(ears="disc", ear_size=0.34, muzzle=0.3, cheeks=0.4, tail="string", nose=(212, 124, 132)),
    "deer": Breed(ears="leaf", ear_size=0.38, muzzle=0.36, cheeks=0.38, tail="stub", mark="antlers"),
    "raccoon": Breed(ears="round", ear_size=0.26, muzzle=0.26, cheeks=0.52, mark="bandit"),
    "owl": Breed(ears="tufts", ear_size=0.28, muzzle=0.0, cheeks=0.48, tail="feathers", mark="beak"),
    "bird": Breed(ears="none", muzzle=0.0, cheeks=0.42, tail="feathers", mark="beak"),
    "frog": Breed(ears="eyes", muzzle=0.1, cheeks=0.56, tail="none", mark="grin"),
    "dragon": Breed(ears="horns", ear_size=0.44, muzzle=0.36, cheeks=0.42, tail="spiked", mark="grin"),
}  # fmt: skip


def breed_of(look: Look) -> Breed:
    return BREEDS.get(look.species, BREEDS["fox"])
