"""What a reported wipe proves and what it does not, in plain words. Nothing here says *unrecoverable*."""

from __future__ import annotations

from flask_babel import gettext

from asset_service.wiping.models import EvidenceStatus
from asset_service.wiping.queries import PublicCheck
from wipe_reports.standing import Standing

VERIFIED_WHOLE = "full_read_back"
BOUND = frozenset({EvidenceStatus.CLEARED, EvidenceStatus.CONFIRMED})


def proven(check: PublicCheck) -> list[str]:
    """Sentences that hold for this wipe."""
    found = [gettext("Een station dat bij ons ingeschreven is, heeft deze wissing gemeld en ondertekend.")]
    if check.outcome == "erased":
        found.append(_read_back(check))
    if check.status is EvidenceStatus.CLEARED:
        found.append(
            gettext("Onze dienst gaf vooraf een eenmalig nummer voor deze schijf. Het verslag bevat dat nummer.")
        )
    if check.status is EvidenceStatus.CONFIRMED:
        found.append(gettext("Een bevoegde persoon bevestigde dat de wissing bij deze schijf hoort."))
    if check.seal is not None:
        found.append(gettext("Het verslag staat in een verzegeld grootboek: wie er iets aan verandert, valt op."))
    return found


def _read_back(check: PublicCheck) -> str:
    if check.verification == VERIFIED_WHOLE and check.verified_bytes >= check.size_bytes:
        return gettext("Het intakeprogramma wiste de schijf en las ze daarna helemaal terug. Dat klopte overal.")
    if check.verification == "none":
        return gettext("Het intakeprogramma meldde dat de schijf gewist is. Ze is niet teruggelezen.")
    return gettext("Het intakeprogramma wiste de schijf en las daarna een deel terug. Dat deel klopte.")


def not_proven(check: PublicCheck) -> list[str]:
    """Sentences on what this wipe leaves open, the most important first."""
    found = []
    if check.test:
        found.append(gettext("Iets over een echte schijf: dit was een proef."))
    if check.outcome != "erased" and check.standing is not Standing.DESTROYED:
        found.append(gettext("Dat de schijf leeg is. Er kunnen nog gegevens op staan: vernietig ze of wis ze opnieuw."))
    if check.exposed_since:
        found.append(gettext("Wat er nu op de schijf staat: ze is na deze wissing opnieuw gebruikt."))
    elif check.status not in BOUND and check.outcome == "erased":
        found.append(
            gettext("Dat het verslag bij deze schijf hoort: geen nummer van onze dienst en geen persoon bevestigt dat.")
        )
    if check.outcome == "erased" and check.level == "clear":
        found.append(
            gettext("Bescherming tegen een gespecialiseerd labo. Niveau clear beschermt tegen gewone middelen.")
        )
    found.append(gettext("Dat een schijf nooit liegt of dat een sleutel op een stick nooit gekopieerd wordt."))
    return found
