# offence: another package
# plant: src/common/helpers/text.py
def shorten(text: str) -> str:  # refused
    return text[:10]


# offence: beside the layers
# plant: src/utils.py
"""Everybody's helpers."""  # refused


# offence: copy
# plant: src/infrastructure/config.old.py
LIMIT = 1  # refused


# offence: folder without init
# orphan: src/application/reports/monthly.py
TITLE = "monthly"  # refused


# offence: script
# plant: src/application/run-reports.py
print("reports")  # refused


# offence: beside the source
# orphan: helpers/text.py
def shorten(text: str) -> str:  # refused
    return text[:10]


# offence: imported from beside the source
# orphan: dev/words.py
WORDS = 3
# plant: src/presentation/words.py
from dev.words import WORDS  # refused

COUNT = WORDS


# offence: the tests' own
# orphan: tests/clock.py
NOW = 3
# plant: src/infrastructure/fixed.py
def now() -> int:
    import tests.clock  # refused

    return tests.clock.NOW


# offence: a module beside the source
# orphan: common.py
LIMIT = 3
# plant: src/infrastructure/limits.py
import common  # refused

LIMIT = common.LIMIT


# offence: deep beside the source
# orphan: lib/acme/money.py
CURRENCY = "EUR"  # refused
# plant: src/presentation/currencies.py
from lib.acme import money  # refused

CURRENCY = money.CURRENCY
