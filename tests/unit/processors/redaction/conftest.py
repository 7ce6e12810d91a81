import random

import pytest

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Numbers:
    """Invented but well-formed numbers, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self._random.choice("0123456789") for _ in range(count))

    def resident_id(self) -> str:
        region = self._random.choice(("110101", "500107", "440305", "320102", "650102"))
        month, day = self._random.randint(1, 12), self._random.randint(1, 28)
        body = f"{region}{self._random.randint(1950, 2009)}{month:02}{day:02}{self.digits(3)}"
        total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, body, strict=True))
        return body + "10X98765432"[total % 11]

    def bank_card(self, length: int) -> str:
        body = "62" + self.digits(length - 3)
        total = 0
        for place, digit in enumerate(reversed(body)):
            value = int(digit) * (2 - place % 2)
            total += value - 9 if value > 9 else value
        return body + str(-total % 10)

    def mobile(self) -> str:
        return "1" + self._random.choice("3456789") + self.digits(9)


@pytest.fixture(params=range(5))
def numbers(request: pytest.FixtureRequest) -> Numbers:
    return Numbers(request.param)
