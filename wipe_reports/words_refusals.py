"""Why a report, a signature or a key is refused: Dutch and English."""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, str]] = {
    # A file that cannot be looked at.
    "file.absent": ("dit bestand bestaat niet.", "this file does not exist."),
    "file.not_allowed": ("u mag dit bestand niet lezen.", "you may not read this file."),
    "file.folder": ("dit is een map, geen bestand.", "this is a folder, not a file."),
    "extra.missing": (
        "voor pdf's ontbreekt {library}. Installeer dat met: pip install 'herstart[attest]'",
        "{library} is missing for PDFs. Install it with: pip install 'herstart[attest]'",
    ),
    # The form of the document.
    "report.invalid": (
        "Het wisverslag is ongeldig: {count} fout(en), de eerste bij {field}: {message}",
        "The wipe report is invalid: {count} error(s), the first at {field}: {message}",
    ),
    "json.broken": ("Dit is geen geldige JSON.", "This is not valid JSON."),
    "json.object": ("Hier hoort een JSON-object te staan.", "A JSON object belongs here."),
    "json.number": ("{word} is geen getal dat JSON kent.", "{word} is no number that JSON knows."),
    "json.duplicate": ("Het veld {name} staat er twee keer.", "The field {name} is there twice."),
    "json.size": ("Het bericht is groter dan {mebibytes} MiB.", "The message is larger than {mebibytes} MiB."),
    "format": (
        "Dit is geen wisverslag van Herstart (format moet {expected} zijn).",
        "This is not a wipe report of Herstart (format must be {expected}).",
    ),
    "version.future": (
        "Dit verslag heeft versie {version}; dit programma kent versie {known} en ouder. Werk het programma bij.",
        "This report is of version {version}; this program knows version {known} and older. Update the program.",
    ),
    "version.unknown": ("Er is geen versie {version} van het wisverslag.", "The wipe report has no version {version}."),
    "field.required": ("Dit veld ontbreekt.", "This field is missing."),
    "field.null": ("Dit veld mag niet leeg zijn.", "This field must not be null."),
    "field.unknown": ("Dit veld kent het wisverslag niet.", "The wipe report does not know this field."),
    "field.text": ("Hier hoort tekst te staan.", "Text belongs here."),
    "field.text_empty": ("Deze tekst mag niet leeg zijn.", "This text must not be empty."),
    "field.text_long": ("Hoogstens {maximum} tekens.", "At most {maximum} characters."),
    "field.text_control": (
        "Hier staat een stuurteken of een teken dat de schrijfrichting verandert.",
        "There is a control character, or one that changes the writing direction.",
    ),
    "field.text_form": ("Dit heeft niet de vorm van {form}.", "This does not have the form of {form}."),
    "field.whole": ("Hier hoort een geheel getal te staan.", "A whole number belongs here."),
    "field.range": (
        "Het getal moet tussen {minimum} en {maximum} liggen.",
        "The number must lie between {minimum} and {maximum}.",
    ),
    "field.flag": ("Hier hoort true of false te staan.", "true or false belongs here."),
    "field.moment": (
        "Hier hoort een tijdstip in UTC te staan, zoals 2026-11-21T09:30:00Z.",
        "A time in UTC belongs here, such as 2026-11-21T09:30:00Z.",
    ),
    "field.choice": (
        "Hier hoort een van deze woorden te staan: {choices}.",
        "One of these words belongs here: {choices}.",
    ),
    "field.list": ("Hier hoort een lijst te staan.", "A list belongs here."),
    "field.list_long": ("Hoogstens {maximum} regels in deze lijst.", "At most {maximum} entries in this list."),
    # Signatures and keys.
    "key.kind": ("Dit is geen Ed25519-sleutel.", "This is not an Ed25519 key."),
    "key.broken": ("Deze sleutel is beschadigd of onleesbaar.", "This key is damaged or cannot be read."),
    "key.weak": (
        "Deze sleutel bewijst niets: iedereen kan er een handtekening voor maken.",
        "This key proves nothing: anybody can make a signature for it.",
    ),
    "jws.form": (
        "Dit is geen ondertekend bericht (JWS in compacte vorm).",
        "This is not a signed message (JWS compact serialization).",
    ),
    "jws.size": ("Het bericht is groter dan {mebibytes} MiB.", "The message is larger than {mebibytes} MiB."),
    "jws.alg": ("Het handtekeningalgoritme {alg} is niet toegelaten.", "The signature algorithm {alg} is not allowed."),
    "jws.typ": (
        "Dit bericht is van de soort {typ}, niet {expected}.",
        "This message is of kind {typ}, not {expected}.",
    ),
    "jws.kid": ("De handtekening noemt een andere sleutel.", "The signature names another key."),
    "jws.header": (
        "De kop van het bericht bevat {member}; dat is niet toegelaten.",
        "The message's header holds {member}, which is not allowed.",
    ),
    "jws.signature": (
        "De handtekening klopt niet: het bericht is veranderd of door iemand anders ondertekend.",
        "The signature does not fit: the message was changed, or somebody else signed it.",
    ),
    # What contradicts itself in its times.
    "time.order": (
        "Het einde ({end}) ligt voor het begin ({start}).",
        "The end ({end}) lies before the start ({start}).",
    ),
    "time.no_clock": (
        "Dit tijdstip kan van geen enkele computerklok komen.",
        "No computer's clock can say this moment.",
    ),
    "time.outside_wipe": ("Dit viel buiten de tijd van de wissing.", "This fell outside the time of the wipe."),
    "time.pass_order": (
        "Deze gang begon voor de vorige gedaan was.",
        "This pass began before the one before it had ended.",
    ),
    "time.verified_before": (
        "De controle begon voor het wissen gedaan was.",
        "The verification began before the wiping had ended.",
    ),
    "time.verification_missing": (
        "Er is gecontroleerd, maar begin of einde van de controle ontbreekt.",
        "There was a verification, but its start or end is missing.",
    ),
    "time.reported_before": (
        "Het verslag is gemaakt voor het werk gedaan was.",
        "The report was made before the work had ended.",
    ),
    # What contradicts itself in sizes and counts.
    "size.sectors": (
        "{sectors} sectoren van {block} bytes maken {product} bytes, niet {size}.",
        "{sectors} sectors of {block} bytes make {product} bytes, not {size}.",
    ),
    "size.passes": (
        "De gangen schreven samen {total} bytes, niet {written}.",
        "The passes together wrote {total} bytes, not {written}.",
    ),
    "size.pass_short": (
        "Deze gang schreef {written} van {size} bytes; gewist is dan niet waar.",
        "This pass wrote {written} of {size} bytes; erased is then not true.",
    ),
    "size.no_pass": ("Overschreven, maar zonder een enkele gang.", "Overwritten, but without a single pass."),
    "size.beyond": ("Dit ligt voorbij het einde van de schijf.", "This lies beyond the end of the disk."),
    "size.more_than": ("{part} kan niet meer zijn dan {whole}.", "{part} cannot be more than {whole}."),
    "hidden.absent": (
        "Er zou geen verborgen gebied zijn, maar er staan verborgen sectoren.",
        "There would be no hidden area, yet hidden sectors are given.",
    ),
    # What contradicts its outcome.
    "erased.verification": (
        "De uitkomst is gewist, maar de controle is niet geslaagd.",
        "The outcome is erased, but the verification did not pass.",
    ),
    "erased.not_verified": (
        "De uitkomst is gewist, maar niemand heeft het nagelezen.",
        "The outcome is erased, but nothing was read back.",
    ),
    "erased.mismatch": (
        "De uitkomst is gewist, maar {count} bytes lazen verkeerd terug.",
        "The outcome is erased, but {count} bytes read back wrong.",
    ),
    "erased.unreadable": (
        "De uitkomst is gewist, maar {count} sectoren zijn onleesbaar.",
        "The outcome is erased, but {count} sectors cannot be read.",
    ),
    "erased.errors": ("De uitkomst is gewist, maar er staan fouten.", "The outcome is erased, but errors are listed."),
    "erased.exceptions": (
        "De uitkomst is gewist, maar er staan uitzonderingen.",
        "The outcome is erased, but exceptions are listed.",
    ),
    "erased.level_none": ("De uitkomst is gewist, maar zonder niveau.", "The outcome is erased, but without a level."),
    "erased.no_size": (
        "De uitkomst is gewist, maar van een schijf van 0 bytes.",
        "The outcome is erased, but of a disk of 0 bytes.",
    ),
    "erased.hidden": (
        "De uitkomst is gewist, maar een verborgen gebied bleef staan.",
        "The outcome is erased, but a hidden area was left.",
    ),
    "erased.canaries": (
        "De uitkomst is gewist, maar {count} proefblokken zijn er nog.",
        "The outcome is erased, but {count} canary blocks are still there.",
    ),
    "erased.read_share": (
        "Alles zou nagelezen zijn, maar het is {read} van {size} bytes.",
        "Everything would have been read back, but it is {read} of {size} bytes.",
    ),
    "erased.sample_small": (
        "De steekproef las {percent} % na; minstens 5 % is nodig.",
        "The sample read back {percent} %; at least 5 % is needed.",
    ),
    "not_erased.level": (
        "Zonder de uitkomst gewist kan er geen niveau zijn.",
        "Without the outcome erased there can be no level.",
    ),
    "exceptions.none": (
        "Niet volledig gewist, maar geen enkele uitzondering of fout wordt genoemd.",
        "Erased with exceptions, but not one exception or error is named.",
    ),
    "verification.passed_mismatch": (
        "De controle zou geslaagd zijn, maar er las iets verkeerd terug.",
        "The verification would have passed, but something read back wrong.",
    ),
    "verification.passed_none": (
        "De controle zou geslaagd zijn, maar er is niets nagelezen.",
        "The verification would have passed, but nothing was read back.",
    ),
    "verification.passed_short": (
        "Alles zou nagelezen en in orde zijn, maar het is {read} van {size} bytes.",
        "Everything would have been read back and right, yet it is {read} of {size} bytes.",
    ),
    "verification.none_read": (
        "Er zou niet nagelezen zijn, maar er staan gelezen bytes.",
        "There would be no read-back, yet bytes read are given.",
    ),
    # What contradicts its level.
    "level.destroy": (
        "Vernietigen kan geen programma; dat doet een mens met een machine.",
        "No program destroys a disk; a person with a machine does.",
    ),
    "level.too_high": (
        "Met deze techniek op dit soort schijf is het niveau hoogstens {highest}, niet {level}.",
        "With this technique on this kind of disk the level is at most {highest}, not {level}.",
    ),
    "level.purge_share": (
        "Het niveau purge vraagt dat alles is nagelezen; het is {percent} %.",
        "The level purge asks that everything is read back; it is {percent} %.",
    ),
    "level.purge_sampled": (
        "Wat met een steekproef is nagelezen, is hoogstens clear.",
        "What was read back by sample is at most clear.",
    ),
    "level.canaries": (
        "Dit niveau vraagt proefblokken die na het wissen veranderd zijn.",
        "This level asks for canary blocks that changed with the wipe.",
    ),
    "standard.shredding": (
        "{name} gaat over versnipperen en zegt niets over wissen.",
        "{name} is about shredding and says nothing of wiping.",
    ),
    # What two carriers cannot both be.
    "carriers.twice": (
        "Deze schijf (zelfde model en serienummer) staat er al als nummer {other}.",
        "This disk (same model and serial) is already there as number {other}.",
    ),
    "nonce.twice": (
        "Hetzelfde eenmalige nummer staat ook bij schijf nummer {other}.",
        "The same nonce is also with disk number {other}.",
    ),
}
