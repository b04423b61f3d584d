"""A shipment: booked by a customer, carried by a driver, and paid in the end."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from telling import JSON, Person, address, require

SERVICE = address()
CARL = Person(SERVICE, "carl")
EVE = Person(SERVICE, "eve")
DIRK = Person(SERVICE, "dirk", "dispatcher")
DORIS = Person(SERVICE, "doris", "driver")
ALEX = Person(SERVICE, "alex", "accountant")
ROOT = Person(SERVICE, "root", "admin")
NOWHERE = "00000000-0000-4000-8000-000000000000"

ANTWERP = {"name": "Carl", "street": "Meir 1", "city": "Antwerp", "country": "BE", "remark": None}
GHENT = {**ANTWERP, "name": "Eve", "street": "Korenlei 2", "city": "Ghent", "remark": "Ring twice."}


def fleet() -> str:
    """Return the id of a van."""
    depot = {"code": "ANR", "address": ANTWERP}
    DIRK.is_refused("Dirk opens a depot.", "forbidden", "POST", "/depots", depot)
    opened = ROOT.post("Only an admin may, and does.", "/depots", depot).json()
    van: JSON = {"plate": "1-ABC-234", "depotId": opened["id"], "payloadKg": 900}
    DIRK.is_refused(
        "Dirk adds a van that stands at no depot.",
        "vehicle_depot_unknown",
        *("POST", "/vehicles", {**van, "depotId": NOWHERE}),
    )
    bought = DIRK.post("He says at which.", "/vehicles", van).json()
    lorry = {"plate": "1-XYZ-987", "depotId": opened["id"], "payloadKg": 18000, "isCooled": True}
    DIRK.post("He adds a lorry, too.", "/vehicles", lorry)
    require("It is not cooled, since nobody said so.", holds=bought["isCooled"] is False)
    DIRK.is_refused("He adds it twice.", "vehicle_plate_taken", "POST", "/vehicles", van)
    path = f"/vehicles/{bought['id']}"
    DORIS.post(
        "Doris hears a noise, and sends it to repair.",
        f"{path}/send-to-repair",
        {"fault": "It rattles."},
    )
    DORIS.is_refused("She takes it back herself.", "forbidden", "POST", f"{path}/take-back")
    DIRK.post("Dirk takes it back.", f"{path}/take-back")
    every = DIRK.get(
        "He lists what is ready, the smallest first.", "/vehicles", state="ready", sort="payloadKg"
    )
    plates = [each["plate"] for each in every.json()["items"]]
    require("The van comes before the lorry.", holds=plates == ["1-ABC-234", "1-XYZ-987"])
    cooled = DIRK.get(
        "He looks for a cooled one.", "/vehicles", isCooled="true", payloadKgFrom=1000
    )
    require("It is the lorry.", holds=cooled.json()["total"] == 1)
    return str(bought["id"])


def shipment(van: str) -> str:
    """Return the id of a shipment that has been delivered."""
    asked: JSON = {
        "reference": "S-2026-1",
        "origin": ANTWERP,
        "destination": GHENT,
        "price": {"amount": "24.50", "currency": "EUR"},
        "earliestOn": "2026-05-04",
        "latestOn": "2026-05-06",
        "tags": ["fragile"],
        "parcels": [{"label": "glasses", "weightKg": "2.5"}],
    }
    CARL.is_refused(
        "Carl asks for a shipment without any parcel.",
        "too_short",
        *("POST", "/shipments", {**asked, "parcels": []}),
    )
    drafted = CARL.post("He adds the parcel.", "/shipments", asked)
    path = f"/shipments/{drafted.json()['id']}"
    CARL.is_refused(
        "He uses the same reference twice.",
        "shipment_reference_taken",
        *("POST", "/shipments", asked),
    )
    EVE.is_refused("Eve looks for it.", "shipment_not_found", "GET", path)
    plates = {"label": "plates", "weightKg": "4.0", "worth": {"amount": "80.00", "currency": "EUR"}}
    packed = CARL.post("Carl adds a second parcel.", f"{path}/parcels", plates, seen=drafted)
    second = f"{path}/parcels/{packed.json()['parcels'][1]['id']}"
    weighed = CARL.put(
        "He has weighed it again.", second, {**plates, "weightKg": "4.2"}, seen=packed
    )
    CARL.is_refused(
        "From an old page, he takes it out again.",
        "stale",
        *("DELETE", second),
        seen=packed,
    )
    require(
        "Both parcels are there, with what the second one is worth.",
        holds=[each["worth"] for each in weighed.json()["parcels"]] == [None, plates["worth"]],
    )
    booked = CARL.post("He books it.", f"{path}/book", seen=weighed)
    CARL.is_refused(
        "Carl says which vehicle takes it.",
        "forbidden",
        *("POST", f"{path}/assign", {"vehicleId": van}),
        seen=booked,
    )
    DIRK.is_refused(
        "Dirk assigns a vehicle that there is not.",
        "shipment_vehicle_unknown",
        *("POST", f"{path}/assign", {"vehicleId": NOWHERE}),
        seen=booked,
    )
    DIRK.post("He assigns the van.", f"{path}/assign", {"vehicleId": van}, seen=booked)
    today = DORIS.get(
        "Doris lists what is booked for these days.",
        "/shipments",
        state="booked",
        earliestOnTo="2026-05-05",
        sort="earliestOn",
    ).json()["items"]
    require("It is Carl's shipment.", holds=[each["vehicleId"] for each in today] == [van])
    DORIS.post("She picks it up.", f"{path}/pick-up")
    CARL.is_refused(
        "Carl wants to cancel it.",
        "cannot_cancel_shipment",
        *("POST", f"{path}/cancel", {"reason": "I do not need the glasses."}),
    )
    left = {"receivedBy": "Eve", "leftAtTheDoor": False}
    done = DORIS.post("Doris delivers it.", f"{path}/deliver", left)
    require("The answer says who received it.", holds=done.json()["receivedBy"] == "Eve")
    return str(done.json()["id"])


def invoice(delivered: str) -> None:
    asked: JSON = {
        "number": "2026-00001",
        "shipmentId": delivered,
        "total": {"amount": "24.50", "currency": "EUR"},
        "dueOn": "2026-05-20",
    }
    CARL.is_refused("Carl writes the invoice himself.", "forbidden", "POST", "/invoices", asked)
    ALEX.is_refused(
        "Alex, the accountant, writes one for a shipment that there is not.",
        "invoice_shipment_unknown",
        *("POST", "/invoices", {**asked, "shipmentId": NOWHERE}),
    )
    written = ALEX.post("He writes it for Carl's.", "/invoices", asked)
    ALEX.is_refused(
        "He writes a second one for the same shipment.",
        "invoice_shipment_taken",
        *("POST", "/invoices", {**asked, "number": "2026-00002"}),
    )
    path = f"/invoices/{written.json()['id']}"
    CARL.is_refused("Carl looks at it.", "invoice_not_found", "GET", path)
    later = {"dueOn": "2026-06-20"}
    ALEX.is_refused(
        "Alex reminds Carl, without saying what he has read.",
        "precondition_required",
        *("POST", f"{path}/remind", later),
    )
    ALEX.post("He reminds him for June.", f"{path}/remind", later, seen=written)
    ALEX.post("Carl pays.", f"{path}/settle", {"paidAt": "2026-06-01T10:00:00Z"})
    ALEX.is_refused(
        "Alex writes it off.",
        "cannot_write_off_invoice",
        "POST",
        f"{path}/write-off",
        {"reason": "No."},
    )
    billed = ALEX.get("He looks for Carl's.", "/invoices", shipmentId=delivered).json()
    require("It is there.", holds=[each["number"] for each in billed["items"]] == ["2026-00001"])
    unpaid = ALEX.get("He lists what is not paid.", "/invoices", state="open").json()
    paid = ALEX.get("He lists what is.", "/invoices", state="paid", sort="-dueOn").json()
    require("There is one, and it is paid.", holds=(unpaid["total"], paid["total"]) == (0, 1))


invoice(shipment(fleet()))
print("That is the story of the carrier.")
