"""The words on a wis-attest and in a report shown to people: Dutch and English.

Nothing here says *unrecoverable*: an agent reported and verified, and that is what is said.
"""

from __future__ import annotations

ATTEST: dict[str, tuple[str, str]] = {
    "outcome.erased": ("Gewist", "Erased"),
    "outcome.erased_with_exceptions": ("Niet volledig gewist", "Not fully erased"),
    "outcome.not_erased": ("Niet gewist", "Not erased"),
    "title.erased": ("Wisattest", "Wipe attest"),
    "title.erased_with_exceptions": ("Wisverslag – niet volledig gewist", "Wipe report – not fully erased"),
    "title.not_erased": ("Wisverslag – niet gewist", "Wipe report – not erased"),
    "lead.erased": (
        "De agent meldde en controleerde dat de gegevens op deze schijf zijn gewist.",
        "The agent reported and verified that the data on this disk was erased.",
    ),
    "lead.erased_with_exceptions": (
        (
            "De agent meldde dat het wissen van deze schijf niet helemaal gelukt is. Dit is geen bewijs van wissing: "
            "de schijf moet vernietigd of opnieuw gewist worden."
        ),
        (
            "The agent reported that the wipe of this disk did not fully succeed. This is no proof of erasure: "
            "the disk must be destroyed or wiped again."
        ),
    ),
    "lead.not_erased": (
        (
            "De agent meldde dat deze schijf niet gewist is. Dit is geen bewijs van wissing: de schijf kan nog "
            "gegevens bevatten en moet vernietigd of opnieuw gewist worden."
        ),
        (
            "The agent reported that this disk was not erased. This is no proof of erasure: the disk may still "
            "hold data and must be destroyed or wiped again."
        ),
    ),
    "test.word": ("TEST", "TEST"),
    "test.notice": (
        "Dit is een oefening op een proefschijf. Dit attest zegt niets over een echt toestel.",
        "This is a rehearsal on a scratch disk. This attest says nothing about a real device.",
    ),
    "section.carrier": ("De schijf", "The disk"),
    "section.wipe": ("Het wissen", "The wiping"),
    "section.verification": ("De controle", "The verification"),
    "section.who": ("Wie en waar", "Who and where"),
    "section.proof": ("Het bewijs", "The proof"),
    "section.check": ("Zo kijkt u dit na", "How to check this"),
    "label.device": ("Toestel", "Device"),
    "label.device_code": ("Code van het toestel", "Device code"),
    "label.device_serial": ("Serienummer van het toestel", "Device serial"),
    "label.model": ("Merk en model", "Maker and model"),
    "label.serial": ("Serienummer", "Serial number"),
    "label.medium": ("Soort", "Kind"),
    "label.size": ("Grootte", "Size"),
    "label.hidden": ("Verborgen gebieden", "Hidden areas"),
    "label.smart_before": ("S.M.A.R.T. ervoor", "S.M.A.R.T. before"),
    "label.smart_after": ("S.M.A.R.T. erna", "S.M.A.R.T. after"),
    "label.technique": ("Techniek", "Technique"),
    "label.method": ("Methode", "Method"),
    "label.level": ("Niveau", "Level"),
    "label.standard": ("Volgens", "According to"),
    "label.tool": ("Programma", "Program"),
    "label.passes": ("Gangen", "Passes"),
    "label.time": ("Van – tot", "From – to"),
    "label.written": ("Geschreven", "Written"),
    "label.errors": ("Fouten", "Errors"),
    "label.exceptions": ("Uitzonderingen", "Exceptions"),
    "label.verification": ("Manier", "Manner"),
    "label.share": ("Nagelezen", "Read back"),
    "label.mismatches": ("Afwijkingen", "Mismatches"),
    "label.compared_blocks": ("Blokken vergeleken", "Blocks compared"),
    "label.canaries": ("Proefblokken", "Canary blocks"),
    "label.result": ("Resultaat", "Result"),
    "label.operator": ("Gewist en nagelezen door", "Wiped and verified by"),
    "label.station": ("Station", "Station"),
    "label.site": ("Plaats", "Place"),
    "label.issuer": ("Uitgereikt door", "Issued by"),
    "label.validator": ("Nagezien door", "Validated by"),
    "label.destination": ("Bestemming", "Destination"),
    "label.attest": ("Attest", "Attest"),
    "label.report": ("Verslag", "Report"),
    "label.report_sha256": ("SHA-256 van het verslag", "SHA-256 of the report"),
    "label.station_key": ("Sleutel van het station", "Station key"),
    "label.nonce": ("Nonce", "Nonce"),
    "label.image": ("Image van de agent (SHA-256)", "Agent image (SHA-256)"),
    "label.ledger": ("Kop van het grootboek", "Ledger tree head"),
    "label.agent": ("Agent", "Agent"),
    "label.outcome": ("Uitkomst", "Outcome"),
    "label.created": ("Gemaakt op", "Made on"),
    "label.carrier": ("Schijf {number}", "Disk {number}"),
    "value.unknown": ("onbekend", "unknown"),
    "value.none": ("geen", "none"),
    "value.yes": ("ja", "yes"),
    "value.no": ("nee", "no"),
    "value.not_recorded": ("niet opgetekend", "not recorded"),
    "value.size": ("{short} ({bytes} bytes, {sectors} sectoren)", "{short} ({bytes} bytes, {sectors} sectors)"),
    "value.written": ("{bytes} bytes, {rate} MB/s", "{bytes} bytes, {rate} MB/s"),
    "value.passes": ("{count}: {patterns}", "{count}: {patterns}"),
    "value.share": ("{percent} % ({bytes} bytes)", "{percent} % ({bytes} bytes)"),
    "value.errors": (
        "{sectors} onleesbare sectoren, {ranges} gebieden met een fout",
        "{sectors} unreadable sectors, {ranges} ranges with an error",
    ),
    "value.compared_blocks": (
        "{changed} veranderd, {unchanged} niet (de schijf nam geen proefblokken aan)",
        "{changed} changed, {unchanged} did not (the drive took no canary blocks)",
    ),
    "value.canaries": ("{planted} geplant, {survived} over", "{planted} planted, {survived} left"),
    "value.passed": ("geslaagd", "passed"),
    "value.failed": ("niet geslaagd", "not passed"),
    "value.ledger": (
        "{size} gebeurtenissen, verzegeld op {sealed}",
        "{size} events, sealed on {sealed}",
    ),
    "value.ledger_none": ("nog niet verzegeld", "not sealed yet"),
    "value.signed_by": ("{name}, {position}", "{name}, {position}"),
    "value.more": ("en nog {count} (zie proof.jws)", "and {count} more (see proof.jws)"),
    "value.cut": ("{start} … (volledig in proof.jws)", "{start} … (in full in proof.jws)"),
    "smart.passed": ("in orde", "passed"),
    "smart.failed": ("niet in orde", "failed"),
    "smart.reallocated": ("{count} vervangen", "{count} reallocated"),
    "smart.pending": ("{count} wachtend", "{count} pending"),
    "smart.uncorrectable": ("{count} onherstelde sectoren", "{count} uncorrectable sectors"),
    "smart.media_errors": ("{count} mediafouten", "{count} media errors"),
    "smart.power_on_hours": ("{count} uur aan", "{count} hours on"),
    "smart.percentage_used": ("{count} % versleten", "{count} % used"),
    "hidden.hpa": ("HPA: {state}", "HPA: {state}"),
    "hidden.dco": ("DCO: {state}", "DCO: {state}"),
    "hidden.sectors": ("{state} ({count} sectoren)", "{state} ({count} sectors)"),
    "area.absent": ("geen", "none"),
    "area.opened": ("geopend en meegewist", "opened and wiped too"),
    "area.left": ("niet bereikt", "not reached"),
    "area.not_applicable": ("niet van toepassing", "not applicable"),
    "area.unknown": ("onbekend", "unknown"),
    "medium.hdd": ("harde schijf (HDD)", "hard disk (HDD)"),
    "medium.ssd": ("SSD", "SSD"),
    "medium.nvme": ("NVMe-SSD", "NVMe SSD"),
    "medium.emmc": ("eMMC", "eMMC"),
    "medium.flash": ("flashgeheugen (USB of kaart)", "flash memory (USB or card)"),
    "medium.virtual": ("virtuele schijf", "virtual disk"),
    "medium.unknown": ("onbekend", "unknown"),
    "technique.overwrite": ("overschreven", "overwritten"),
    "technique.block_erase": (
        "blokken gewist door de schijf (block erase)",
        "blocks erased by the drive (block erase)",
    ),
    "technique.crypto_erase": ("sleutel vernietigd (crypto erase)", "key destroyed (crypto erase)"),
    "technique.secure_erase": ("gewist door de schijf (secure erase)", "erased by the drive (secure erase)"),
    "technique.format": ("geformatteerd door de schijf", "formatted by the drive"),
    "technique.discard": ("vrijgegeven door de schijf (discard)", "discarded by the drive"),
    "level.none": ("geen", "none"),
    "level.clear": ("clear (tegen herstel met gewone middelen)", "clear (against recovery by ordinary means)"),
    "level.purge": ("purge (ook tegen herstel in een labo)", "purge (also against recovery in a laboratory)"),
    "level.destroy_word": ("destroy", "destroy"),
    "verification.full_read_back": ("alles teruggelezen", "everything read back"),
    "verification.sampled_read_back": ("steekproef teruggelezen", "a sample read back"),
    "verification.none": ("niet teruggelezen", "not read back"),
    "check.scan": (
        "Scan de QR-code of ga naar {url}. Die pagina toont of dit attest van ons komt.",
        "Scan the QR code or go to {url}. That page shows whether this attest is ours.",
    ),
    "check.signature": (
        "Open dit bestand in een pdf-lezer die handtekeningen nakijkt: het is ondertekend (PAdES).",
        "Open this file in a PDF reader that checks signatures: it is signed (PAdES).",
    ),
    "check.offline": (
        (
            "Zonder internet: wipe-report verify met onze lijst van sleutels. Het ondertekende verslag (proof.jws) "
            "zit in dit bestand."
        ),
        "Offline: wipe-report verify with our list of keys. The signed report (proof.jws) is inside this file.",
    ),
    "limits": (
        (
            "De agent zegt wat hij deed en teruglas. Een schijf kan liegen en een sleutel op een stick kan gekopieerd "
            "worden; daarom de nonce, de kop van het grootboek en de handtekeningen hierboven."
        ),
        (
            "The agent says what it did and read back. A disk can lie and a key on a stick can be copied; hence the "
            "nonce, the ledger head and the signatures above."
        ),
    ),
    "qr.alt": (
        "QR-code naar de pagina waar u dit attest nakijkt: {url}",
        "QR code to the page that checks this: {url}",
    ),
    "qr.caption": ("Scan om na te kijken", "Scan to check"),
    "document.subject": ("Schijf {serial}", "Disk {serial}"),
    "attachment.proof": ("Het ondertekende wisverslag (JWS)", "The signed wipe report (JWS)"),
    "attachment.receipt": ("Het ontvangstbewijs van de dienst (JWS)", "The service's receipt (JWS)"),
    "attachment.attest": ("De gegevens van dit attest (JSON)", "The data of this attest (JSON)"),
}
