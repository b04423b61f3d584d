from dataclasses import dataclass
from uuid import UUID, uuid4

from schemas.base import CamelModel, Id


class LineResponse(CamelModel):
    line_id: Id
    unit_price: int


@dataclass
class LineId:
    value: UUID


@dataclass
class LineOutput:
    line_id: LineId
    unit_price: int


def test_names_are_camel_case_on_the_wire() -> None:
    line_id = uuid4()

    shape = LineResponse(line_id=line_id, unit_price=3)

    assert shape.model_dump(mode="json", by_alias=True) == {
        "lineId": str(line_id),
        "unitPrice": 3,
    }


def test_a_shape_is_read_from_the_output_of_a_use_case() -> None:
    line_id = uuid4()

    shape = LineResponse.from_output(LineOutput(line_id=LineId(line_id), unit_price=3))

    assert shape == LineResponse(line_id=line_id, unit_price=3)
