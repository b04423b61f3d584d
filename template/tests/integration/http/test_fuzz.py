import pytest

from infrastructure.config import Settings
from tests.integration.http.fuzzing import faults_found

pytestmark = pytest.mark.fuzz


@pytest.mark.usefixtures("committing")
def test_the_service_keeps_to_its_document_for_anonymous_callers(settings: Settings) -> None:
    faults = faults_found(settings, headers={})

    assert not faults, "\n\n".join(faults)
