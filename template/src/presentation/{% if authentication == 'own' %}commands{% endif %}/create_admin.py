"""Create an admin from the command line, since no other admin can create the first one.

    python -m presentation.commands.create_admin USERNAME EMAIL
    python -m presentation.commands.create_admin --promote USERNAME

The first command asks for the new admin's password, or reads it from standard input if that is not
a terminal. The second makes a registered user an admin. It needs an option of its own, because
anybody may have registered under the intended name.
"""

import argparse
import asyncio
import sys
from getpass import getpass

from application.errors import AppConflictError, AppError, DomainError, RepoError, to_app_error
from application.identity.dto.user import CreateUserInput, UserOutput
from presentation.deps import Settings, load_settings
from presentation.deps.identity.commands import create_admin, promote_to_admin

_LONGEST_LINE = 10_000


def main() -> None:
    """Create the admin that the command line names, or promote a registered user.

    Raises:
        SystemExit: there is no new admin; the message says why.
    """
    parser = argparse.ArgumentParser(description="Create an admin.")
    parser.add_argument("--promote", action="store_true", help="make a registered user an admin")
    parser.add_argument("username")
    parser.add_argument("email", nargs="?")
    arguments = parser.parse_args()
    if arguments.promote == (arguments.email is not None):
        parser.error("give a username and an email, or --promote and a username")
    settings = load_settings(Settings)
    try:
        admin = _promote(settings, arguments) if arguments.promote else _create(settings, arguments)
    except (DomainError, RepoError) as exc:
        sys.exit(f"No admin was created: {to_app_error(exc).detail}.")
    except AppConflictError as exc:
        sys.exit(f"No admin was created: {exc.detail}. Use --promote to make that user an admin.")
    except AppError as exc:
        sys.exit(f"No admin was created: {exc.detail}.")
    except KeyboardInterrupt:
        sys.exit("No admin was created.")
    print(f"{admin.username} may now log in as an admin.")


def _promote(settings: Settings, arguments: argparse.Namespace) -> UserOutput:
    admin = asyncio.run(promote_to_admin(settings, arguments.username))
    print(f"{admin.username} has the e-mail address {admin.email}.")
    return admin


def _create(settings: Settings, arguments: argparse.Namespace) -> UserOutput:
    data = CreateUserInput(
        username=arguments.username,
        email=arguments.email,
        password=_read_password(),
        is_admin=True,
    )
    return asyncio.run(create_admin(settings, data))


def _read_password() -> str:
    try:
        if not sys.stdin.isatty():
            line = sys.stdin.buffer.readline(_LONGEST_LINE).decode()
            return line.removesuffix("\n").removesuffix("\r")
        password = getpass("Password: ")
        if getpass("Repeat the password: ") != password:
            sys.exit("No admin was created: the two passwords differ.")
    except UnicodeDecodeError:
        sys.exit("No admin was created: the password is not in UTF-8.")
    except EOFError:
        sys.exit("No admin was created: there is no password.")
    return password


if __name__ == "__main__":
    main()
