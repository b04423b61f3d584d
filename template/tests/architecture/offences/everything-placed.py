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
