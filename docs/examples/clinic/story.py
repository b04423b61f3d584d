"""A week at the clinic: Ann registers, comes to see the doctor, and is given something to take."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from telling import JSON, Person, address, require

SERVICE = address()
ANN = Person(SERVICE, "ann")
BEN = Person(SERVICE, "ben")
RITA = Person(SERVICE, "rita", "receptionist")
DORA = Person(SERVICE, "dora", "doctor")

HOME = {"street": "Prinsengracht 263", "postcode": "1016 GV", "city": "Amsterdam", "country": "NL"}
REGISTRATION: JSON = {
    "insuranceNumber": "A123456789",
    "name": "Ann de Vries",
    "bornOn": "1990-02-28",
    "address": HOME,
    "phone": "+31 20 555 0101",
    "allergies": ["penicillin"],
    "passPhrase": "tulips from home",
}


def registration() -> str:
    """Return the id of Ann as a patient."""
    unreachable = {**REGISTRATION, "phone": None}
    ANN.is_refused(
        "Ann registers as a patient, and forgets to say how she can be reached.",
        "can_be_reached",
        *("POST", "/patients", unreachable),
    )
    registered = ANN.post(
        "She adds her phone number, and is registered.", "/patients", REGISTRATION
    )
    ann = f"/patients/{registered.json()['id']}"
    require(
        "The answer has her address, and not her pass phrase.",
        holds=registered.json()["address"] == HOME and "passPhrase" not in registered.json(),
    )
    BEN.is_refused(
        "Ben registers with the number on Ann's card.",
        "patient_insurance_number_taken",
        *("POST", "/patients", {**REGISTRATION, "name": "Ben Bakker"}),
    )
    BEN.is_refused("He looks at Ann's data.", "patient_not_found", "GET", ann)
    RITA.get("Rita, who sits at the reception, may see them.", ann)
    moved = {"address": {**HOME, "street": "Keizersgracht 1"}}
    RITA.post(
        "Ann calls, and Rita writes down her new address.", f"{ann}/move", moved, seen=registered
    )
    ANN.is_refused(
        "Ann sends it, too, from the page that she opened before.",
        "stale",
        *("POST", f"{ann}/move", moved),
        seen=registered,
    )
    born = {"bornOnFrom": "1990-01-01", "bornOnTo": "1990-12-31"}
    found = RITA.get(
        "Rita looks for those born in 1990, by name.", "/patients", sort="name", **born
    )
    require("Ann is the only one.", holds=len(found.json()["items"]) == 1)
    found = RITA.get("She looks for those born later.", "/patients", bornOnFrom="1991-01-01")
    require("There is nobody.", holds=found.json()["items"] == [])
    return str(registered.json()["id"])


def room(name: str, floor: int) -> str:
    """Return the id of a room."""
    added = RITA.post(f"Rita writes down the {name}.", "/rooms", {"name": name, "floor": floor})
    return str(added.json()["id"])


def appointment(ann: str) -> str:
    """Return the id of Ann's appointment."""
    blue, green = room("blue room", 0), room("green room", 1)
    asked: JSON = {
        "patientId": ann,
        "roomId": blue,
        "beginsAt": "2026-03-02T09:00:00Z",
        "endsAt": "2026-03-02T09:20:00Z",
        "complaint": "It itches.",
    }
    ANN.is_refused(
        "Ann asks for an appointment that ends before it begins.",
        "ends_after_it_begins",
        *("POST", "/appointments", {**asked, "endsAt": "2026-03-02T08:00:00Z"}),
    )
    requested = ANN.post("She asks for Monday at nine.", "/appointments", asked)
    visit = f"/appointments/{requested.json()['id']}"
    BEN.is_refused(
        "Ben asks for an appointment of Ann's, whom he may not know.",
        "appointment_patient_unknown",
        *("POST", "/appointments", {**asked, "roomId": green}),
    )
    ben = BEN.post(
        "Ben registers himself.",
        "/patients",
        {**REGISTRATION, "insuranceNumber": "B987654321", "name": "Ben Bakker"},
    ).json()
    his = {**asked, "patientId": ben["id"]}
    BEN.is_refused(
        "He asks for the same room at the same time.",
        "appointment_room_begins_at_taken",
        *("POST", "/appointments", his),
    )
    BEN.is_refused(
        "He asks for a room that there is not.",
        "appointment_room_unknown",
        *("POST", "/appointments", {**his, "roomId": ann}),
    )
    ANN.is_refused("Ann confirms it herself.", "forbidden", "POST", f"{visit}/confirm")
    DORA.is_refused(
        "Dora, the doctor, ends it before it is confirmed.",
        "cannot_finish_appointment",
        *("POST", f"{visit}/finish"),
    )
    RITA.post("Rita confirms it.", f"{visit}/confirm")
    every = RITA.get("She lists those that are confirmed.", "/appointments", state="confirmed")
    require(
        "There is Ann's.", holds=[each["id"] for each in every.json()["items"]] == [visit[-36:]]
    )
    open_ones = RITA.get("She lists those that are not yet.", "/appointments", state="requested")
    require("There is none.", holds=open_ones.json()["items"] == [])
    mine = ANN.get("Ann lists her appointments.", "/appointments").json()["items"]
    others = BEN.get("Ben lists his.", "/appointments").json()["items"]
    require("Ann has one, and Ben has none.", holds=(len(mine), len(others)) == (1, 0))
    DORA.post("On Monday, Dora sees Ann.", f"{visit}/finish")
    ANN.is_refused(
        "Ann cancels it afterwards.",
        "cannot_cancel_appointment",
        *("POST", f"{visit}/cancel", {"reason": "It does not itch any more."}),
    )
    return str(requested.json()["id"])


def medicine(substance: str, times_a_day: int) -> JSON:
    return {"substance": substance, "milligrams": "10.00", "timesADay": times_a_day}


def prescription(ann: str, visit: str) -> None:
    asked: JSON = {
        "patientId": ann,
        "visitId": visit,
        "validFrom": "2026-03-02",
        "validUntil": "2026-03-16",
        "medicines": [medicine("Hydrocortisone", 2)],
    }
    ANN.is_refused(
        "Ann prescribes herself something.", "forbidden", "POST", "/prescriptions", asked
    )
    DORA.is_refused(
        "Dora prescribes an ointment, fifty times a day.",
        "too_large",
        *("POST", "/prescriptions", {**asked, "medicines": [medicine("Hydrocortisone", 50)]}),
    )
    DORA.is_refused(
        "She writes it for a visit that nobody has asked for.",
        "prescription_visit_unknown",
        *("POST", "/prescriptions", {**asked, "visitId": ann}),
    )
    drafted = DORA.post("She means Ann's, and twice a day.", "/prescriptions", asked)
    paper = f"/prescriptions/{drafted.json()['id']}"
    tablets = medicine("Cetirizine", 1)
    added = DORA.post("She adds tablets.", f"{paper}/medicines", tablets, seen=drafted)
    DORA.is_refused(
        "She adds the same ones again.",
        "medicine_substance_taken",
        *("POST", f"{paper}/medicines", tablets),
        seen=added,
    )
    last = f"{paper}/medicines/{added.json()['medicines'][-1]['id']}"
    changed = DORA.put("Twice a day is better.", last, medicine("Cetirizine", 2), seen=added)
    require(
        "There are two medicines on it.",
        holds=[each["substance"] for each in changed.json()["medicines"]]
        == ["Hydrocortisone", "Cetirizine"],
    )
    left = DORA.delete("She takes the tablets off it again.", last, seen=changed)
    DORA.is_refused(
        "She takes the ointment off it, too.",
        "too_few_medicines",
        *("DELETE", f"{paper}/medicines/{left.json()['medicines'][0]['id']}"),
        seen=left,
    )
    ANN.is_refused("Ann reads it over her shoulder.", "prescription_not_found", "GET", paper)
    DORA.post("Dora signs it.", f"{paper}/sign", seen=left)
    DORA.is_refused("She removes it.", "cannot_remove_prescription", "DELETE", paper)
    found = DORA.get("She looks at what is signed.", "/prescriptions", state="signed").json()
    require(
        "There is one, for Ann's visit.",
        holds=[each["visitId"] for each in found["items"]] == [visit],
    )


ann = registration()
prescription(ann, appointment(ann))
print("That is the story of the clinic.")
