"""How `dev.compatibility`, which is plain Python, judges changes to an API document."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from dev.compatibility import FOR_PEOPLE, Change, compare, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Render

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NULL: Json = {"type": "null"}
CAT: Json = {"type": "object", "properties": {"purrs": {"type": "boolean"}}}
DOG: Json = {"type": "object", "properties": {"barks": {"type": "boolean"}}}


def document(operation: Json | None = None, **components: Json) -> Json:
    """Return a document whose only operation is GET /x."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "X", "version": "1"},
        "paths": {} if operation is None else {"/x": {"get": operation}},
        "components": {"schemas": components},
    }


def taking(schema: Json, **components: Json) -> Json:
    content = {"application/json": {"schema": schema}}
    return document({"requestBody": {"required": True, "content": content}}, **components)


def giving(schema: Json, **components: Json) -> Json:
    content = {"application/json": {"schema": schema}}
    return document({"responses": {"200": {"content": content}}}, **components)


def asking(*parameters: Json) -> Json:
    return document({"parameters": [{"in": "query", **parameter} for parameter in parameters]})


def an_object(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


NARROWER = [
    pytest.param(TEXT, {**TEXT, "maxLength": 9}, "went from maxLength none to 9", id="bound"),
    pytest.param(
        {**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}, "went from maxLength 9 to 8", id="upper"
    ),
    pytest.param(
        {"type": "integer", "minimum": 0},
        {"type": "integer", "minimum": 1},
        "went from minimum 0 to 1",
        id="lower",
    ),
    pytest.param(TEXT, {**TEXT, "format": "uuid"}, 'went from format none to "uuid"', id="format"),
    pytest.param(TEXT, {**TEXT, "enum": ["a"]}, 'can only be `"a"` now', id="new enum"),
    pytest.param(
        {**TEXT, "enum": ["a", "b"]}, {**TEXT, "const": "a"}, 'cannot be `"b"` any more', id="value"
    ),
    pytest.param({"anyOf": [TEXT, NULL]}, TEXT, "cannot be null any more", id="null"),
    pytest.param({"type": ["string", "null"]}, TEXT, "cannot be null any more", id="list of types"),
    pytest.param(
        {"type": "number"}, {"type": "integer"}, "went from number to integer", id="whole"
    ),
    pytest.param({}, TEXT, "went from anything to string", id="anything"),
    pytest.param(
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        "cannot have other properties any more",
        id="closed",
    ),
    pytest.param(
        {"anyOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
        {"$ref": "#/components/schemas/Cat"},
        "cannot be Dog any more",
        id="union",
    ),
]


@pytest.mark.parametrize(("wide", "narrow", "what"), NARROWER)
def test_a_request_that_allows_less_breaks_clients_and_a_response_does_not(
    wide: Json, narrow: Json, what: str
) -> None:
    animals = {"Cat": CAT, "Dog": DOG}

    request = compare(taking(wide, **animals), taking(narrow, **animals))
    response = compare(giving(wide, **animals), giving(narrow, **animals))

    assert request == [Change(True, "GET /x", f"the request body {what}")]
    assert response == [Change(False, "GET /x", f"the response body {what}")]


@pytest.mark.parametrize(("wide", "narrow", "what"), NARROWER)
def test_a_response_that_allows_more_breaks_clients_and_a_request_does_not(
    wide: Json, narrow: Json, what: str
) -> None:
    animals = {"Cat": CAT, "Dog": DOG}

    (request,) = compare(taking(narrow, **animals), taking(wide, **animals))
    (response,) = compare(giving(narrow, **animals), giving(wide, **animals))

    assert (request.breaking, response.breaking) == (False, True)


@pytest.mark.parametrize(
    ("before", "after", "sent", "received"),
    [
        pytest.param(
            an_object(a=TEXT), an_object(), (True, "is gone"), (True, "is gone"), id="gone"
        ),
        pytest.param(
            an_object(), an_object(a=TEXT), (False, "is new"), (False, "is new"), id="new"
        ),
        pytest.param(
            an_object(),
            an_object(("a",), a=TEXT),
            (True, "is new and required"),
            (False, "is new"),
            id="new and required",
        ),
        pytest.param(
            an_object(a=TEXT),
            an_object(("a",), a=TEXT),
            (True, "became required"),
            (False, "became required"),
            id="required",
        ),
        pytest.param(
            an_object(("a",), a=TEXT),
            an_object(a=TEXT),
            (False, "became optional"),
            (True, "became optional"),
            id="optional",
        ),
        pytest.param(
            an_object(a=TEXT),
            an_object(a={"type": "integer"}),
            (True, "went from string to integer"),
            (True, "went from string to integer"),
            id="another type",
        ),
        pytest.param(
            an_object(a={**TEXT, "pattern": "a"}),
            an_object(a={**TEXT, "pattern": "b"}),
            (True, 'went from pattern "a" to "b"'),
            (True, 'went from pattern "a" to "b"'),
            id="another pattern",
        ),
    ],
)
def test_a_property_means_one_thing_to_a_sender_and_another_to_a_receiver(
    before: Json, after: Json, sent: tuple[bool, str], received: tuple[bool, str]
) -> None:
    (request,) = compare(taking(before), taking(after))
    (response,) = compare(giving(before), giving(after))

    assert (request.breaking, request.what) == (sent[0], f"the request property `a` {sent[1]}")
    assert response.breaking == received[0]
    assert response.what == f"the response property `a` {received[1]}"


@pytest.mark.parametrize(
    ("before", "after", "breaking", "what"),
    [
        (document({}), document(), True, "the operation is gone"),
        (document(), document({}), False, "the operation is new"),
        (document({}), document({"deprecated": True}), False, "the operation is deprecated"),
        (
            document({"operationId": "a"}),
            document({"operationId": "b"}),
            True,
            "its name for generated clients went from `a` to `b`",
        ),
        (
            document({"responses": {"200": {}, "404": {}}}),
            document({"responses": {"200": {}}}),
            False,
            "it does not answer 404 any more",
        ),
        (
            document({"responses": {"200": {}}}),
            document({"responses": {"200": {}, "404": {}}}),
            False,
            "it may answer 404, which is new",
        ),
        (
            document({"responses": {"200": {}, "202": {}}}),
            document({"responses": {"200": {}}}),
            True,
            "it does not answer 202 any more",
        ),
        (
            document({"responses": {"200": {}}}),
            document({"responses": {"200": {}, "202": {}}}),
            True,
            "it may answer 202, which is new",
        ),
        (
            document({"responses": {"200": {"headers": {"Location": {}}}}}),
            document({"responses": {"200": {}}}),
            True,
            "the response header `Location` is gone",
        ),
        (
            document({"responses": {"200": {}}}),
            document({"responses": {"200": {"headers": {"Location": {}}}}}),
            False,
            "the response header `Location` is new",
        ),
        (
            document({"responses": {"200": {"content": {"text/plain": {}}}}}),
            document({"responses": {"200": {}}}),
            True,
            "the response body cannot be `text/plain` any more",
        ),
        (
            document({"responses": {"200": {}}}),
            document({"responses": {"200": {"content": {"text/plain": {}}}}}),
            False,
            "the response body can be `text/plain`, which is new",
        ),
        (
            document({}),
            document({"requestBody": {"required": True}}),
            True,
            "the request body is new and required",
        ),
        (document({}), document({"requestBody": {}}), False, "the request body is new"),
        (
            document({"requestBody": {}}),
            document({"requestBody": {"required": True}}),
            True,
            "the request body became required",
        ),
        (document({"requestBody": {}}), document({}), True, "the request body is gone"),
        (asking(), asking({"name": "q"}), False, "the query parameter `q` is new"),
        (asking({"name": "q"}), asking(), True, "the query parameter `q` is gone"),
        (
            asking(),
            asking({"name": "q", "required": True}),
            True,
            "the query parameter `q` is new and required",
        ),
        (
            asking({"name": "q", "required": True}),
            asking({"name": "q"}),
            False,
            "the query parameter `q` became optional",
        ),
        (
            asking({"name": "q", "schema": {"type": "integer", "default": 20}}),
            asking({"name": "q", "schema": {"type": "integer", "default": 50}}),
            True,
            "the query parameter `q` went from default 20 to 50",
        ),
        (
            asking({"name": "q", "schema": {"type": "array", "items": {"type": "integer"}}}),
            asking({"name": "q", "schema": {"type": "array", "items": {"type": "number"}}}),
            False,
            "the query parameter `q[]` went from integer to number",
        ),
        (
            asking({"name": "q", "style": "form"}),
            asking({"name": "q", "style": "spaceDelimited"}),
            True,
            "the query parameter `q` `style` has changed, and only you can tell what that means",
        ),
        (
            document({"callbacks": {}}),
            document({"callbacks": {"paid": {}}}),
            True,
            "`callbacks` has changed, and only you can tell what that means",
        ),
        (
            taking({"type": "array", "prefixItems": [TEXT]}),
            taking({"type": "array", "prefixItems": []}),
            True,
            "the request body `prefixItems` has changed, and only you can tell what that means",
        ),
    ],
)
def test_a_change_of_an_operation_is_named(
    before: Json, after: Json, breaking: bool, what: str
) -> None:
    assert compare(before, after) == [Change(breaking, "GET /x", what)]


@pytest.mark.parametrize(
    ("before", "after", "breaking"),
    [
        ([], [{"token": []}], True),
        ([{"token": []}], [], False),
        ([{"token": []}], [{"token": []}, {"key": []}], False),
        ([{"token": []}, {"key": []}], [{"token": []}], True),
        ([{"token": []}], [{"token": ["admin"]}], True),
        ([{"token": ["admin"]}], [{"token": []}], False),
        ([{"token": []}], [{"token": [], "key": []}], True),
    ],
)
def test_credentials_that_sufficed_must_go_on_to_suffice(
    before: list[Json], after: list[Json], breaking: bool
) -> None:
    (change,) = compare(document({"security": before}), document({"security": after}))

    assert change.breaking == breaking


def test_a_number_that_need_not_be_whole_any_more_keeps_its_bounds() -> None:
    whole, half = {"type": "integer"}, {"type": "number", "maximum": 9}

    assert compare(taking(whole), taking(half)) == [
        Change(False, "GET /x", "the request body went from integer to number"),
        Change(True, "GET /x", "the request body went from maximum none to 9"),
    ]


def test_a_default_is_the_business_of_the_sender_only() -> None:
    before, after = {**TEXT, "default": "a"}, {**TEXT, "default": "b"}

    (change,) = compare(taking(before), taking(after))

    assert change == Change(True, "GET /x", 'the request body went from default "a" to "b"')
    assert compare(giving(before), giving(after)) == []


def test_what_changed_in_several_answers_of_an_operation_is_one_change() -> None:
    def refusing(detail: Json) -> Json:
        content = {"application/json": {"schema": an_object(detail=detail)}}
        return document({"responses": {"404": {"content": content}, "409": {"content": content}}})

    assert compare(refusing(TEXT), refusing({**TEXT, "maxLength": 9})) == [
        Change(
            False,
            "GET /x",
            "the error response property `detail` went from maxLength none to 9",
        )
    ]


def test_a_property_that_is_required_without_a_description_is_one() -> None:
    (change,) = compare(taking({"type": "object"}), taking({"type": "object", "required": ["a"]}))

    assert change == Change(True, "GET /x", "the request property `a` is new and required")


def test_what_lies_deep_inside_is_named_by_its_path() -> None:
    def page(item: Json) -> Json:
        items = {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}
        return giving(an_object(lines=items), Line=an_object(price=item))

    (change,) = compare(page({"type": "integer"}), page({"anyOf": [{"type": "integer"}, NULL]}))

    assert change.what == "the response property `lines[].price` can be null, which is new"
    assert change.breaking


def test_what_all_of_several_schemas_say_is_taken_together() -> None:
    def problem(code: Json) -> Json:
        base = {"$ref": "#/components/schemas/Problem"}
        return giving({"allOf": [base, an_object(code=code)]}, Problem=an_object(code=TEXT))

    (change,) = compare(problem({**TEXT, "enum": ["a"]}), problem({**TEXT, "enum": ["a", "b"]}))

    assert change == Change(
        True, "GET /x", 'the response property `code` can be `"b"`, which is new'
    )


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    def tree(name: Json) -> Json:
        node = {"$ref": "#/components/schemas/Node"}
        children = {"type": "array", "items": node}
        return taking(node, Node=an_object(name=name, children=children))

    changes = compare(tree(TEXT), tree({**TEXT, "maxLength": 9}))

    assert [change.what for change in changes] == [
        "the request property `name` went from maxLength none to 9"
    ]


def test_a_schema_that_extends_itself_is_compared_once() -> None:
    def tree(name: Json) -> Json:
        node, base = ({"$ref": f"#/components/schemas/{name}"} for name in ("Node", "Base"))
        extended = {"allOf": [base, an_object(next=node, name=name)]}
        return taking(node, Node=extended, Base=an_object(next=base))

    changes = compare(tree(TEXT), tree({**TEXT, "maxLength": 9}))

    assert [change.what for change in changes] == [
        "the request property `next.name` went from maxLength none to 9",
        "the request property `name` went from maxLength none to 9",
    ]


def test_a_schema_by_another_name_changes_only_its_name() -> None:
    def with_schema_named(name: str) -> Json:
        return giving({"$ref": f"#/components/schemas/{name}"}, **{name: CAT})

    assert compare(with_schema_named("Cat"), with_schema_named("Kitten")) == [
        Change(True, "schema Cat", "is gone, and generated clients name it")
    ]


def test_nothing_that_clients_decide_by_changes_unnoticed(render: Render) -> None:
    """Removes, one by one, every keyword of the operations at `/users`, with their requests and responses."""
    rendered = json.loads((render() / "openapi.json").read_text())
    rendered["paths"] = {"/users": rendered["paths"]["/users"]}
    schemas = rendered["components"]["schemas"]
    parts = [rendered["paths"], schemas["CreateUserRequest"], schemas["UserResponse"]]
    keywords = [keyword for part in parts for keyword in _keywords(part)]
    before = copy.deepcopy(rendered)

    unnoticed = []
    for holder, key in keywords:
        value = holder.pop(key)
        if value is not False and not compare(before, rendered):  # False is the default
            unnoticed.append((key, value))
        holder[key] = value

    assert len(keywords) > 100
    assert unnoticed == []


def _keywords(part: Json) -> Iterator[tuple[Json, str]]:
    for key, value in part.items():
        if key in {"name", "in"}:  # required in every parameter
            continue
        if key == "properties":
            yield from ((value, name) for name in value)
            yield from (found for schema in value.values() for found in _keywords(schema))
        elif key not in FOR_PEOPLE:
            yield part, key
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    yield from _keywords(each)


def test_text_for_people_is_no_change() -> None:
    before = giving(an_object(a={**TEXT, "title": "A"}))
    after = copy.deepcopy(before)
    after["info"]["version"] = "2"
    after["paths"]["/x"]["get"] |= {"summary": "Get", "tags": ["x"]}
    after["paths"]["/x"]["get"]["responses"]["200"]["description"] = "Fine"
    schema = after["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]
    schema["schema"]["properties"]["a"] = {**TEXT, "examples": ["a"], "x-order": 1}

    assert compare(before, after) == []


def test_breaking_changes_come_first_and_what_operations_share_is_one_line() -> None:
    changes = [
        Change(False, "GET /a", "the operation is new"),
        *(Change(True, f"GET /{name}", "the operation is gone") for name in "bcde"),
        *(Change(True, f"PUT /{name}", "the request body is gone") for name in "bc"),
    ]

    assert report(changes) == [
        "breaking: GET /b, GET /c and 2 more: the operation is gone",
        "breaking: PUT /b, PUT /c: the request body is gone",
        "compatible: GET /a: the operation is new",
    ]
