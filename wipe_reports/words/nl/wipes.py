"""The words for how a wipe went: what stood in its way, what was tried first, what was read back, and the clock."""

from __future__ import annotations

WIPES = {
    "value.loose": "los, in een dock gewist",
    "label.overrides": "Toch gewist",
    "override.line": "{judgement} (bevestigd door {name})",
    "override.on_battery": "het toestel draaide op zijn batterij",
    "override.signatures": "de schijf droeg een merk van RAID, LVM of versleuteling",
    "override.signatures_unknown": "niet nagekeken of de schijf bij een RAID of LVM hoorde",
    "override.namespaces": "de schijf is verdeeld in delen met hetzelfde serienummer",
    "override.medium_unknown": "niet te zien of de schijf in het toestel hoorde",
    "label.attempts": "Eerst geprobeerd",
    "label.course": "Verloop",
    "label.found": "Gevonden",
    "label.sample": "Steekproef",
    "label.seed": "Startwaarde",
    "label.clock": "Klok van het toestel",
    "exception.interrupted": "het wissen werd afgebroken",
    "exception.carrier_gone": "de schijf viel weg tijdens het wissen",
    "exception.flush_failed": "de schijf bevestigde niet dat alles geschreven is",
    "exception.reader_failed": "het teruglezen werd niet afgemaakt",
    "exception.write_errors": "een deel kon niet geschreven worden",
    "exception.not_all_written": "niet alles werd geschreven",
    "exception.not_verified": "er werd niet teruggelezen",
    "exception.read_errors": "een deel kon niet gelezen worden",
    "exception.read_back_differs": "er stond iets anders op de schijf dan er moest staan",
    "exception.hidden_area_left": "de schijf heeft een verborgen gebied dat niet gewist is",
    "exception.hidden_area_left_sectors": (
        "de schijf heeft een verborgen gebied van {count} sectoren dat niet gewist is"
    ),
    "exception.hidden_area_unknown_here": (
        "niemand kon nakijken of de schijf een verborgen gebied heeft: wis ze opnieuw, rechtstreeks op een SATA-poort"
    ),
    "exception.capacity_unallocated": (
        "de schijf heeft ook plaats die bij geen enkel deel (namespace) hoort; die is niet gewist"
    ),
    "exception.not_reportable": "wat er gedaan werd, kon niet in het verslag geschreven worden",
    "exception.hidden_area_unknown": "niemand kon nakijken of de schijf een verborgen gebied heeft",
    "exception.namespaces_left": (
        "de schijf heeft nog een deel (namespace) dat het systeem niet toont en dat niet gewist is"
    ),
    "exception.unreadable_sectors": "sommige sectoren zijn onleesbaar",
    "exception.canaries_survived": "proefblokken stonden er na het wissen nog",
    "exception.method_failed": "de schijf maakte haar eigen wisopdracht niet af",
    "attempt.line": "{method}: {result} ({moment})",
    "attempt.detail": "{method}: {result} ({moment}; {detail})",
    "attempt.refused": "geweigerd door de schijf",
    "attempt.failed": "mislukt",
    "attempt.not_completed": "niet voltooid",
    "attempt.not_verified": "gedaan, maar bij het teruglezen niet in orde",
    "attempt.interrupted": "onderbroken",
    "course.resumed": "onderbroken, en daarna verdergezet waar het gestopt was",
    "course.again": "eerst onderbroken, daarna opnieuw begonnen",
    "course.cut": "onderbroken, niet afgemaakt",
    "sample.ranges": "{count} stukken van {size}, willekeurig gekozen in elk van {sections} delen van de schijf",
    "found.stamped-random": "overal wat geschreven is",
    "found.uniform": "overal dezelfde vulling ({fill})",
    "found.no canary": "geen enkel proefblok",
    "clock.ahead": "liep {time} voor",
    "clock.behind": "liep {time} achter",
    "clock.corrected": "{clock}; de tijden hier zijn verbeterd met de klok van de dienst",
    "clock.left": "{clock}; de tijden hier zijn die van het toestel",
    "duration.minutes": "{count} min",
    "duration.hours": "{count} uur",
    "duration.days": "{count} dagen",
}
