<%!
# The docstring is a sentence, whatever the message is.
def sentence(message):
    text = " ".join(message.split()).rstrip(". ")
    safe = text.replace("\\", "\\\\").replace(3 * '"', "'")
    return safe[:1].upper() + safe[1:] + "."

# Without the remarks with which Alembic frames what it has found.
def statements(body):
    return "\n".join(line for line in body.splitlines() if "# ###" not in line).strip()
%>\
"""${message | sentence}"""

import sqlalchemy as sa
from alembic import op
% if imports:
${imports}
% endif

revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}


def upgrade() -> None:
    ${statements(upgrades) if upgrades else "pass"}


def downgrade() -> None:
    ${statements(downgrades) if downgrades else "pass"}
