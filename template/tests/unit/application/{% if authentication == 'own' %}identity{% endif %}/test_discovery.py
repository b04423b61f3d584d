import pytest

from application.errors import AppNotFoundError
from application.identity.dto.discovery import PublicKey
from application.identity.use_cases.discovery import list_public_keys, name_issuer
from tests.fakes.identity.key_publisher import FakeKeyPublisher

KEY = PublicKey(kid="first", kty="OKP", alg="EdDSA", use="sig", crv="Ed25519", x="AAAA")


async def test_others_are_told_who_signs_and_with_which_keys() -> None:
    publisher = FakeKeyPublisher(KEY)

    assert (await name_issuer(publisher=publisher)).name == publisher.issuer
    assert await list_public_keys(publisher=publisher) == [KEY]


async def test_where_a_secret_signs_there_is_nothing_to_tell() -> None:
    with pytest.raises(AppNotFoundError):
        await list_public_keys(publisher=FakeKeyPublisher())
    with pytest.raises(AppNotFoundError):
        await name_issuer(publisher=FakeKeyPublisher())
