"""Words that cannot be names, each list with what it is that trips over them.

The lists are frozen, not asked of the Python or the PostgreSQL at hand: a page that was accepted once
is accepted for ever. Adding a word to one of them breaks services that use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


def known_as(text: str, what: str) -> dict[str, str]:
    return dict.fromkeys(text.split(), what)


PYTHON_KEYWORDS: Final = known_as(
    """
    and as assert async await break case class continue def del elif else except finally for from
    global if import in is lambda match nonlocal not or pass raise return try while with yield
    """,
    "a keyword of Python",
)

BUILTINS: Final = known_as(
    """
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod
    compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float
    format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter
    len license list locals map max memoryview min next object oct open ord pow print property quit
    range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
    """,
    "a built-in name of Python, which the rest of the class could not use any more",
)

IMPORTED: Final = known_as(
    "date datetime timedelta dataclass",
    "what the modules of a service import under this name",
)

PYDANTIC: Final = known_as(
    """
    construct copy fields from_orm from_output json parse_file parse_obj parse_raw schema
    schema_json update_forward_refs validate
    """,
    "an attribute of every pydantic model",
)

MYPY: Final = known_as("kwargs", "what mypy calls something else in every pydantic model")

SQLALCHEMY: Final = known_as("metadata registry query", "an attribute of every SQLAlchemy model")

ENTITY: Final = known_as(
    """
    id version state owner owner_id created_at updated_at create expect_version generate parse
    from_trusted value
    """,
    "what every entity has already",
)

LOCAL: Final = known_as(
    "actor cls clock data expected faults now self session",
    "what the code of every entity and use case calls something else",
)

POSTGRESQL: Final = known_as(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check
    collate collation column concurrently constraint create cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user default deferrable desc
    distinct do else end except false fetch for foreign freeze from full grant group having ilike in
    initially inner intersect into is isnull join lateral leading left like limit localtime
    localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
    references returning right select session_user similar some symmetric system_user table
    tablesample then to trailing true union unique user using variadic verbose when where window
    with
    """,
    "a reserved word of PostgreSQL",
)

POSTGRESQL_COLUMNS: Final = known_as(
    "cmax cmin ctid tableoid xmax xmin oid", "a system column of PostgreSQL"
)

JAVASCRIPT: Final = known_as(
    """
    constructor prototype has_own_property is_prototype_of property_is_enumerable to_json
    to_locale_string to_string value_of
    """,
    "what every object of JavaScript has, so clients in it would trip over the JSON",
)

ATTRIBUTES: Final[Mapping[str, str]] = {
    **JAVASCRIPT,
    **LOCAL,
    **IMPORTED,
    **SQLALCHEMY,
    **PYDANTIC,
    **MYPY,
    **BUILTINS,
    **PYTHON_KEYWORDS,
    **ENTITY,
}
"""What no field, part, change or transition is called, but for ``VERBS``."""

VERBS: Final = (
    *(
        "compile",
        "construct",
        "copy",
        "exit",
        "filter",
        "format",
        "hash",
        "help",
        "input",
        "license",
    ),
    *("map", "next", "open", "print", "query", "quit", "round", "slice", "validate", "zip"),
)
"""Of these, what a change or a transition may be called: its method hides nothing that the class needs."""

COLUMNS: Final = {**POSTGRESQL_COLUMNS, **POSTGRESQL}
"""What no column or table is called."""

LAYERS: Final = known_as(
    "domain application infrastructure presentation schemas architecture migrations tests dev",
    "a layer or folder of every service",
)

SHARED_MODULES: Final = known_as(
    """
    about actor actor_if_any actors addresses app authentication base bearer body_limit clock commands config
    conftest connections contract contracts cors database deps docs errors fakes filters fuzz
    fuzz_operations fuzzing garbage head health http integration issuer keys logs me metadata
    middleware openapi own_contexts own_errors own_middleware own_routers own_tables paging
    permissions persistence pg_catalog plan_contract pool preconditions protocol py queries relay
    repository route_index routers rows search_contract searched_repository searched_rows security sessions
    settings shared telemetry timeline unit values versions wire_error
    """,
    "a module that all contexts share",
)

MODULES_OF_PARTS: Final = known_as(
    "parts parts_contract", "a module of services whose aggregates have parts"
)

IDENTITY: Final = "identity"

CLASSES: Final = {
    **known_as(
        """
        ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
        BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError
        ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError
        Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup False FileExistsError
        FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
        ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
        KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None
        NotADirectoryError NotImplemented NotImplementedError OSError OverflowError
        PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError
        RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration
        StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True
        TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
        UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
        """,
        "a built-in name of Python",
    ),
    **known_as(
        """
        Annotated Any Callable ClassVar Decimal Enum Generic Iterable Iterator Literal Mapping NewType
        Optional Protocol Self Sequence StrEnum TypeVar UUID Union
        """,
        "what modules import under this name",
    ),
    **known_as(
        """
        Actor ActorId Base CamelModel Clock DecimalNumber DecimalString DomainError Email Fault Faults
        FilledText Health Id Jwk JwkSet ListedRows Metadata Money Page PageParams PageQuery PartRows
        Permission Refusal Row SearchedRows Sessions Slice SliceParams SliceQuery Text Token Url VersionedRows
        WholeNumber
        """,
        "a class that all contexts share",
    ),
}
"""What no aggregate, part or value is called."""

IDENTITY_CLASSES: Final = known_as("User", "a class of identity")

FRAMEWORKS: Final = known_as(
    """
    APIRouter BaseModel BigInteger Boolean CheckConstraint Column Coroutine Database Date DateTime
    Depends Field ForeignKey Index Integer Mapped MetaData Numeric Path Problem Query Request Response Session String
    Table UniqueConstraint Uuid World
    """,
    "a class of a framework",
)
"""What no value object is called, beside those: an aggregate may be, since it never meets them."""

IMPORTED_CLASSES: Final = known_as(
    """
    AppConflictError AppNotFoundError AppStaleError AsyncClient AsyncSession AutocommitSession
    Awaitable DomainConflictError ExpectedVersions FakeClock FakeRepository FakeSearchedRepository
    FakeSessions FastAPI Filled FilterContract InvalidInputError MoneyInput MoneyOutput
    OwnedContract OwnedPageContract OwnedRemoveContract OwnedSearchContract OwnedSliceContract
    PageContract PartsContract PlanContract RangeContract ReadSessions RemoveContract RepoConflictError RepoError Repository SearchedPageContract
    SearchedSliceContract SessionFactory SliceContract SystemClock Whole WriteSession
    """,
    "what modules with values of an aggregate import under this name, or begin a name with",
)
"""What no value object is called, beside those."""

VARIABLES: Final = ("data", "date", "datetime", "expected", "session")
"""What code calls something else where it has an aggregate in a variable of its name."""

TEST_CONSTANTS: Final = ("ADA", "ADMIN", "BOB", "FIRST", "LATER", "NOW", "SECOND", "UTC", "WHO")
"""What the tests of every aggregate call something else."""

MODULES: Final = known_as("value_objects", "a package of every context")
"""What no aggregate's module is called."""

SERVICE_PATHS: Final = known_as(
    "docs health live me metrics openapi ready redoc static", "an address that every service has"
)
SERVICE_TABLES: Final = known_as("alembic_version", "a table of every service")
IDENTITY_PATHS: Final = known_as("auth users", "an address of identity")
IDENTITY_TABLES: Final = known_as("users login_attempts", "a table of identity")

QUERY_PARAMETERS: Final = known_as("after limit offset sort", "a parameter of every list")

NOT_YET: Final = (
    "emits",
    "listens",
    "events",
    "after",
    "idempotent",
    "history",
    "tenant",
    "soft",
    "system",
)
"""Keys and words that later versions of the language may bring."""

ADMIN: Final = "admin"
ACCESS_WORDS: Final = ("anyone", "member", "owner")
ROLES: Final = {
    ADMIN: "there in every service",
    "anyone": "a word for everybody, signed in or not",
    "member": "a word for everybody who is signed in",
    "owner": "a word for the owner of a row",
    "actor": "a word for whoever is signed in",
    "none": "a word of the language",
    "nobody": "a word of the language",
    "everyone": "too close to `anyone`",
    "stranger": "a word of the tests for whoever has no role",
    "system": "not in this version",
}
