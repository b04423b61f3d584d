import pytest

from application.errors import AppNotFoundError
from application.identity.dto.discovery import PublicKey
from application.identity.use_cases.discovery import list_public_keys, name_issuer
from tests.fakes.identity.key_publisher import FakeKeyPublisher

KEY = PublicKey(kid="first", kty="OKP", alg="EdDSA", use="sig", crv="Ed25519", x="AAAA")


async def test_the_issuer_and_its_keys_are_published() -> None:
    publisher = FakeKeyPublisher(KEY)

    assert (await name_issuer(publisher=publisher)).name == publisher.issuer
    assert await list_public_keys(publisher=publisher) == [KEY]


async def test_with_a_secret_there_is_nothing_to_publish() -> None:
    with pytest.raises(AppNotFoundError):
        await list_public_keys(publisher=FakeKeyPublisher())
    with pytest.raises(AppNotFoundError):
        await name_issuer(publisher=FakeKeyPublisher())
