"""Who takes part in a scheme: the words of scheme.yaml for them, each with its role."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from generator.source.fields import CheckedMapping

APPLICANT = "申請者"  # the engine's own word for whoever fills in the forms


class Role(Enum):
    """What somebody does in a scheme, whatever the scheme calls them."""

    APPLICANT = "applicant"  # fills in forms, which come back and are read
    OFFICE = "office"  # examines, decides, and issues documents with official numbers


def load(at: CheckedMapping) -> Mapping[str, Role]:
    """The ``roles`` of scheme.yaml: word → role. Without them there is only 申請者, the applicant.

    Raises SchemeError for a role that the engine does not know.
    """
    if "roles" not in at:
        return {APPLICANT: Role.APPLICANT}
    declared = CheckedMapping(at.node_of("roles"), (name for name, _ in at.pairs("roles")), "roles")
    words = tuple(role.value for role in Role)
    return {name: Role(declared.choice(name, words)) for name, _ in at.pairs("roles")}
