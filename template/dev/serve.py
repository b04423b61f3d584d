"""Start the database, bring it up to date, and serve with reload: `just dev`.

Ctrl-C is the usual way to stop, so it is never a failure; nor is a supervisor's SIGTERM, or a
closed terminal. But `just` reports a failure for any command that a signal reaches, unless it is in
a guard line. There, exit code 1 ends the recipe successfully, and 0 continues with the next line.
"""

import logging
import signal
import sys

from dev.files import LocalError

STOPPED, FAILED = 1, 0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Serve until stopped; return the exit code for `just`."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    # Handle SIGHUP like SIGTERM, whatever its handler is by then: uvicorn does not handle SIGHUP.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        from dev.server import run  # slow enough to be interrupted

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
        ignore_signals()  # uv forwards some of them a second time, a little later
    return STOPPED


def stop(*_: object) -> None:
    """Interrupt once only: stopping the database must not be interrupted."""
    ignore_signals()
    raise KeyboardInterrupt


def ignore_signals() -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
