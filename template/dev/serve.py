"""Start the database, bring it up to date, and serve with reload: `just dev`.

Ctrl-C is how it ends, so that is no failure, at whatever moment it comes; nor are a supervisor's
SIGTERM and a terminal that closes. `just` sees one in each command that a signal reaches, but for
guard lines: such a command ends the recipe well by 1, and goes on to the next line by 0.
"""

import logging
import signal
import sys

from dev.files import LocalError

STOPPED, FAILED = 1, 0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Serve until stopped; return what tells `just` how it ended."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    # Whoever handles SIGTERM at that moment handles this too; uvicorn knows no SIGHUP.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        from dev.server import run  # takes long enough to be interrupted

        run()
    except KeyboardInterrupt:
        return STOPPED
    except LocalError as exc:
        print(exc, file=sys.stderr)
        return FAILED
    except Exception:
        logging.exception("`just dev` failed")
        return FAILED
    finally:
        ignore_signals()  # uv passes some on a second time, a little later
    return STOPPED


def stop(*_: object) -> None:
    """Interrupt what is going on, once: what stops the database is not to be interrupted."""
    ignore_signals()
    raise KeyboardInterrupt


def ignore_signals() -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
