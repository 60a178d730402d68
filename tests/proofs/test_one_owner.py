"""One owner: whoever comes second to a database is told so, and the first goes on."""

from contextlib import closing
from pathlib import Path

import pytest
from proofs.serving import PURPOSE, begun, refused_to_start, up

from penchant import Engine
from penchant.errors import StoreLocked

pytestmark = pytest.mark.proof


def test_a_second_process_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Another service, or an engine in another process, is refused; nothing of it is written."""
    database = tmp_path / "people.db"
    key = begun(database)
    with up(database, key) as service, closing(service.caller()) as caller:
        sentence = refused_to_start(database)
        with pytest.raises(StoreLocked, match="is in use by process"):
            Engine.open(str(database))

        assert f"`people.db` is in use by process {service.process.pid}" in sentence
        assert "one store owns the file at a time" in sentence
        caller.told("PUT", f"/v1/people/ada/consent/{PURPOSE}", {"granted": True})
        assert len(caller.facts("ada")) == 1
        service.kill()
    with Engine.open(str(database)) as engine:  # a kill leaves no lock behind
        assert engine.profile("ada").consents[0].state == "granted"
