"""A word for every value and every code of the wire that tells of a disk and its wipe.

A key is ``Class.value``; what stands under ``.gloss`` is added in parentheses where a word is given in full.
"""

from __future__ import annotations

DISK = {
    "Outcome.erased": "gewist",
    "Outcome.erased_with_exceptions": "niet volledig gewist",
    "Outcome.not_erased": "niet gewist",
    "Standing.erased": "gewist",
    "Standing.unconfirmed": "nog te bevestigen",
    "Standing.erased_with_exceptions": "niet volledig gewist",
    "Standing.not_erased": "niet gewist",
    "Standing.rehearsal": "oefening",
    "Standing.overtaken": "na het wissen opnieuw gebruikt",
    "Standing.uncounted": "telt niet mee",
    "Standing.destroyed": "vernietigd",
    "Level.none": "geen",
    "Level.clear": "clear",
    "Level.clear.gloss": "tegen herstel met gewone middelen",
    "Level.purge": "purge",
    "Level.purge.gloss": "ook tegen herstel in een labo",
    "Level.destroy": "destroy",
    "Technique.overwrite": "overschreven",
    "Technique.block_erase": "blokken gewist door de schijf",
    "Technique.block_erase.gloss": "block erase",
    "Technique.crypto_erase": "sleutel vernietigd",
    "Technique.crypto_erase.gloss": "crypto erase",
    "Technique.secure_erase": "gewist door de schijf",
    "Technique.secure_erase.gloss": "secure erase",
    "Technique.format": "geformatteerd door de schijf",
    "Technique.discard": "vrijgegeven door de schijf",
    "Technique.discard.gloss": "discard",
    "Method.nvme sanitize (crypto erase)": "NVMe sanitize (sleutel vernietigen)",
    "Method.nvme sanitize (block erase)": "NVMe sanitize (blokken wissen)",
    "Method.nvme format, secure erase setting 2 (cryptographic erase)": "NVMe format (sleutel vernietigen)",
    "Method.nvme format, secure erase setting 1 (user data erase)": "NVMe format (gegevens wissen)",
    "Method.ATA sanitize (crypto scramble)": "ATA sanitize (sleutel vernietigen)",
    "Method.ATA sanitize (block erase)": "ATA sanitize (blokken wissen)",
    "Method.ATA security erase unit (enhanced)": "ATA security erase (uitgebreid)",
    "Method.ATA security erase unit": "ATA security erase",
    "Method.SCSI sanitize (cryptographic erase)": "SAS sanitize (sleutel vernietigen)",
    "Method.SCSI sanitize (block erase)": "SAS sanitize (blokken wissen)",
    "Method.SCSI sanitize (overwrite)": "SAS sanitize (overschrijven)",
    "Method.eMMC sanitize after secure discard": "eMMC sanitize",
    "Method.eMMC sanitize after secure discard.gloss": "na secure discard",
    "Method.eMMC secure discard": "eMMC secure discard",
    "Method.overwrite, one pass, stamped random blocks": "eenmaal overschrijven",
    "Method.overwrite, one pass, stamped random blocks.gloss": "gemerkte willekeurige blokken",
    "VerificationMethod.full_read_back": "alles teruggelezen",
    "VerificationMethod.sampled_read_back": "steekproef teruggelezen",
    "VerificationMethod.none": "niet teruggelezen",
    "Medium.hdd": "harde schijf",
    "Medium.hdd.gloss": "HDD",
    "Medium.ssd": "SSD",
    "Medium.nvme": "NVMe-SSD",
    "Medium.emmc": "eMMC",
    "Medium.flash": "flashgeheugen",
    "Medium.flash.gloss": "USB of kaart",
    "Medium.virtual": "virtuele schijf",
    "Medium.unknown": "schijf",
    "Medium.unknown.gloss": "soort onbekend",
    "AreaState.absent": "geen",
    "AreaState.opened": "geopend en meegewist",
    "AreaState.left": "niet bereikt",
    "AreaState.not_applicable": "niet van toepassing",
    "AreaState.unknown": "onbekend",
    "AttemptResult.refused": "geweigerd door de schijf",
    "AttemptResult.failed": "mislukt",
    "AttemptResult.not_completed": "niet voltooid",
    "AttemptResult.not_verified": "gedaan, maar bij het teruglezen niet in orde",
    "AttemptResult.interrupted": "onderbroken",
    "AttemptFinding.cut": "onderbroken voor het einde",
    "AttemptFinding.cut_at": "onderbroken; zeker op de schijf: {figure} bytes",
    "AttemptFinding.cut_unknown": "onderbroken; het journaal zegt niet wat er bezig was",
    "AttemptFinding.ran_on": "de schijf wiste zichzelf verder; er is niets om dat aan na te kijken",
    "AttemptFinding.not_reopened": "de schijf kon niet geopend worden voor de volgende methode",
    "AttemptFinding.earlier_content_unreadable": "wat er voor het wissen stond, kon niet gelezen worden",
    "AttemptFinding.planted_canaries_unreadable": "de proefblokken konden voor het wissen niet gelezen worden",
    "AttemptFinding.writes_dropped": (
        "de schijf laat vallen wat geschreven wordt; proefblokken voor het wissen: {figure}"
    ),
    "AttemptFinding.remembered_blocks_unreadable": "de onthouden blokken konden niet opnieuw gelezen worden",
    "AttemptFinding.blocks_prove_nothing": (
        "de schijf nam geen proefblokken aan, en wat er stond bewijst niets; veranderde blokken: {figure}"
    ),
    "AttemptFinding.canaries_unreadable": "de proefblokken konden niet gezocht worden",
    "AttemptFinding.carrier_unreadable": "de schijf kon niet teruggelezen worden",
    "AttemptFinding.canaries_left": "er bleven proefblokken over, of wat er stond kwam terug: {figure}",
    "AttemptFinding.bytes_wrong": "anders teruggelezen dan het moet: {figure} bytes",
    "AttemptFinding.bytes_wrong_at_least": "anders teruggelezen dan het moet: minstens {figure} bytes",
    "AttemptFinding.bytes_unreadable": "onleesbaar: {figure} bytes",
    "AttemptFinding.bytes_unwritable": "niet te schrijven: {figure} bytes",
    "AttemptFinding.silent_before": "de schijf antwoordt niet; er is niets gestuurd",
    "AttemptFinding.not_supported": "de schijf zegt niet dat ze dit kan; er is niets gestuurd",
    "AttemptFinding.other_namespaces": (
        "de schijf heeft meer namespaces en zou ze allemaal wissen: {figure}; er is niets gestuurd"
    ),
    "AttemptFinding.namespaces_unknown": (
        "de namespaces van de schijf zijn niet op te vragen, en het kunnen er meer zijn; er is niets gestuurd"
    ),
    "AttemptFinding.status_unreadable": (
        "de schijf toont niet hoever ze is, dus ook niet wanneer ze klaar is; er is niets gestuurd"
    ),
    "AttemptFinding.other_sanitize_runs": "de schijf is nog bezig met een andere sanitize; er is niets gestuurd",
    "AttemptFinding.frozen": "de schijf is bevroren (frozen)",
    "AttemptFinding.maybe_blocked_by_bios": (
        "geweigerd hoewel de schijf dit kan; misschien houdt de BIOS het tegen (Block SID)"
    ),
    "AttemptFinding.failure_mode_left": "na een mislukte sanitize neemt de schijf weer gegevens aan",
    "AttemptFinding.failure_mode_stays": "na een mislukte sanitize neemt de schijf nog altijd geen gegevens aan",
    "AttemptFinding.goes_on": "niet langer gewacht; de schijf gaat vanzelf verder",
    "AttemptFinding.goes_on_after_restart": "niet langer gewacht; de schijf gaat vanzelf verder, ook na een herstart",
    "AttemptFinding.not_in_time": "niet op tijd klaar",
    "AttemptFinding.never_at_work": (
        "de schijf meldt dat het gelukt is, maar deed dat ook voor de opdracht en was nooit aan het werk"
    ),
    "AttemptFinding.not_said_to_be_complete": "de schijf nam de opdracht aan, maar meldt niet dat ze klaar is",
    "AttemptFinding.no_progress": (
        "de schijf zegt dat ze werkt, maar komt te lang niet vooruit; haal er een minuut de stroom af"
    ),
    "AttemptFinding.no_usable_answer": "de schijf geeft geen bruikbaar antwoord meer",
    "AttemptFinding.answers_otherwise_after": "de schijf nam de opdracht aan, maar antwoordt daarna niet zoals ze moet",
    "AttemptFinding.silent_after": "de schijf nam de opdracht aan, maar antwoordt daarna niet meer",
    "AttemptFinding.not_direct": "iets anders antwoordt in de plaats van de schijf; er is niets gestuurd",
    "AttemptFinding.not_identified": "wat er antwoordt is niet zeker de bedoelde schijf; er is niets gestuurd",
    "AttemptFinding.no_security_features": (
        "de schijf toont geen ATA-beveiliging of is niet zeker de bedoelde; er is niets gestuurd"
    ),
    "AttemptFinding.left_locked": "VERGRENDELD: op de schijf staat nog een wachtwoord: {figure}",
    "AttemptFinding.password_not_ours": "vergrendeld met een wachtwoord dat niet van ons is",
    "AttemptFinding.password_not_taken": "de schijf nam het wachtwoord niet aan",
    "AttemptFinding.password_stays": "het wachtwoord op de schijf is er met het onze niet af te krijgen",
    "AttemptFinding.password_still_there": (
        "de schijf nam de opdracht aan, maar het wachtwoord staat er nog: er is niets gewist"
    ),
    "AttemptFinding.opens_when_done": "niet langer gewacht; de schijf wist vanzelf verder en gaat open als ze klaar is",
    "AttemptFinding.step_not_done": "deze stap is niet gelukt: {figure}",
    "Judgement.on_battery": "het toestel draaide op zijn batterij",
    "Judgement.signatures": "de schijf droeg een merk van RAID, LVM of versleuteling",
    "Judgement.signatures_unknown": "niet nagekeken of de schijf bij een RAID of LVM hoorde",
    "Judgement.namespaces": "de schijf is verdeeld in delen met hetzelfde serienummer",
    "Judgement.medium_unknown": "niet te zien of de schijf in het toestel hoorde",
    "MediumDoubt.card_or_emmc": "een kaart of de ingebouwde eMMC",
    "MediumDoubt.built_in_or_loose": "van het toestel zelf of van iemand",
    "WipeException.interrupted": "het wissen werd afgebroken",
    "WipeException.carrier_gone": "de schijf viel weg tijdens het wissen",
    "WipeException.flush_failed": "de schijf bevestigde niet dat alles geschreven is",
    "WipeException.reader_failed": "het teruglezen werd niet afgemaakt",
    "WipeException.method_failed": "de schijf maakte haar eigen wisopdracht niet af",
    "WipeException.write_errors": "een deel kon niet geschreven worden",
    "WipeException.not_all_written": "niet alles werd geschreven",
    "WipeException.not_verified": "er werd niet teruggelezen",
    "WipeException.read_errors": "een deel kon niet gelezen worden",
    "WipeException.read_back_differs": "er stond iets anders op de schijf dan er moest staan",
    "WipeException.canaries_survived": "na het wissen stonden er nog proefblokken op de schijf",
    "WipeException.hidden_area_left": "de schijf heeft een verborgen gebied dat niet gewist is",
    "WipeException.hidden_area_unknown": "niemand kon nakijken of de schijf een verborgen gebied heeft",
    "WipeException.capacity_unallocated": (
        "de schijf heeft ook plaats die bij geen enkel deel (namespace) hoort; die is niet gewist"
    ),
    "WipeException.namespaces_left": (
        "de schijf heeft nog een deel (namespace) dat het systeem niet toont en dat niet gewist is"
    ),
    "WipeException.not_reportable": "wat er gedaan werd, kon niet in het verslag geschreven worden",
    "WipeException.unreadable_sectors": "sommige sectoren zijn onleesbaar",
}
