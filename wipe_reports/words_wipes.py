"""The words for how a wipe went: what stood in its way, what was tried first, what was read back, and the clock."""

from __future__ import annotations

WIPES: dict[str, tuple[str, str]] = {
    "value.loose": ("los, in een dock gewist", "loose, wiped in a dock"),
    "label.overrides": ("Toch gewist", "Wiped anyway"),
    "override.line": ("{judgement} (bevestigd door {name})", "{judgement} (confirmed by {name})"),
    "override.on_battery": ("het toestel draaide op zijn batterij", "the device ran on its battery"),
    "override.signatures": (
        "de schijf droeg een merk van RAID, LVM of versleuteling",
        "the disk bore a mark of RAID, LVM or encryption",
    ),
    "override.signatures_unknown": (
        "niet nagekeken of de schijf bij een RAID of LVM hoorde",
        "not checked whether the disk belonged to a RAID or LVM",
    ),
    "override.namespaces": (
        "de schijf is verdeeld in delen met hetzelfde serienummer",
        "the disk is divided in parts with one serial number",
    ),
    "override.medium_unknown": (
        "niet te zien of de schijf in het toestel hoorde",
        "not to be seen whether the disk was the device's own",
    ),
    "label.attempts": ("Eerst geprobeerd", "Tried first"),
    "label.course": ("Verloop", "Course"),
    "label.found": ("Gevonden", "Found"),
    "label.sample": ("Steekproef", "Sample"),
    "label.seed": ("Startwaarde", "Seed"),
    "label.clock": ("Klok van het toestel", "The device's clock"),
    "exception.interrupted": ("het wissen werd afgebroken", "the wipe was cut"),
    "exception.carrier_gone": ("de schijf viel weg tijdens het wissen", "the disk went away during the wipe"),
    "exception.flush_failed": (
        "de schijf bevestigde niet dat alles geschreven is",
        "the disk did not confirm that everything was written",
    ),
    "exception.reader_failed": ("het teruglezen werd niet afgemaakt", "reading back was not finished"),
    "exception.write_errors": ("een deel kon niet geschreven worden", "a part could not be written"),
    "exception.not_all_written": ("niet alles werd geschreven", "not everything was written"),
    "exception.not_verified": ("er werd niet teruggelezen", "nothing was read back"),
    "exception.read_errors": ("een deel kon niet gelezen worden", "a part could not be read"),
    "exception.read_back_differs": (
        "er stond iets anders op de schijf dan er moest staan",
        "the disk held something else than it should",
    ),
    "exception.hidden_area_left": (
        "de schijf heeft een verborgen gebied dat niet gewist is",
        "the disk has a hidden area that was not wiped",
    ),
    "exception.hidden_area_left_sectors": (
        "de schijf heeft een verborgen gebied van {count} sectoren dat niet gewist is",
        "the disk has a hidden area of {count} sectors that was not wiped",
    ),
    "exception.hidden_area_unknown_here": (
        "niemand kon nakijken of de schijf een verborgen gebied heeft: wis ze opnieuw, rechtstreeks op een SATA-poort",
        "nobody could see whether the disk has a hidden area: connect it directly to a SATA port and wipe it again",
    ),
    "exception.capacity_unallocated": (
        "de schijf heeft ook plaats die bij geen enkel deel (namespace) hoort; die is niet gewist",
        "the drive also has a part that belongs to no namespace; it was not wiped",
    ),
    "exception.not_reportable": (
        "wat er gedaan werd, kon niet in het verslag geschreven worden",
        "what was done could not be written in the report",
    ),
    "exception.hidden_area_unknown": (
        "niemand kon nakijken of de schijf een verborgen gebied heeft",
        "nobody could see whether the disk has a hidden area",
    ),
    "exception.namespaces_left": (
        "de schijf heeft nog een deel (namespace) dat het systeem niet toont en dat niet gewist is",
        "the disk has another namespace that the system does not show and that was not wiped",
    ),
    "exception.unreadable_sectors": ("sommige sectoren zijn onleesbaar", "some sectors cannot be read"),
    "exception.canaries_survived": ("proefblokken stonden er na het wissen nog", "canary blocks survived the wipe"),
    "exception.method_failed": (
        "de schijf maakte haar eigen wisopdracht niet af",
        "the drive did not finish its own command to erase",
    ),
    "attempt.line": ("{method}: {result} ({moment})", "{method}: {result} ({moment})"),
    "attempt.detail": ("{method}: {result} ({moment}; {detail})", "{method}: {result} ({moment}; {detail})"),
    "attempt.refused": ("geweigerd door de schijf", "refused by the drive"),
    "attempt.failed": ("mislukt", "failed"),
    "attempt.not_completed": ("niet voltooid", "not completed"),
    "attempt.not_verified": ("gedaan, maar bij het teruglezen niet in orde", "done, but not right when read back"),
    "attempt.interrupted": ("onderbroken", "cut"),
    "course.resumed": (
        "onderbroken, en daarna verdergezet waar het gestopt was",
        "cut, and then gone on where it had stopped",
    ),
    "course.again": ("eerst onderbroken, daarna opnieuw begonnen", "first cut, then begun again"),
    "course.cut": ("onderbroken, niet afgemaakt", "cut, not finished"),
    "sample.ranges": (
        "{count} stukken van {size}, willekeurig gekozen in elk van {sections} delen van de schijf",
        "{count} pieces of {size}, chosen at random in each of {sections} parts of the disk",
    ),
    "found.stamped-random": ("overal wat geschreven is", "everywhere what was written"),
    "found.uniform": ("overal dezelfde vulling ({fill})", "the same fill everywhere ({fill})"),
    "found.no canary": ("geen enkel proefblok", "not one canary block"),
    "clock.ahead": ("liep {time} voor", "was {time} fast"),
    "clock.behind": ("liep {time} achter", "was {time} slow"),
    "clock.corrected": (
        "{clock}; de tijden hier zijn verbeterd met de klok van de dienst",
        "{clock}; the times here follow the service's clock",
    ),
    "clock.left": (
        "{clock}; de tijden hier zijn die van het toestel",
        "{clock}; the times here are the device's own",
    ),
    "duration.minutes": ("{count} min", "{count} min"),
    "duration.hours": ("{count} uur", "{count} h"),
    "duration.days": ("{count} dagen", "{count} days"),
}
