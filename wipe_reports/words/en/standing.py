"""The words for what a wipe is worth: the large word, the title and the sentence below it, and what is left open."""

from __future__ import annotations

STANDINGS = {
    "title.erased": "Wipe attest",
    "title.unconfirmed": "Wipe report – to be confirmed",
    "title.erased_with_exceptions": "Wipe report – not fully erased",
    "title.not_erased": "Wipe report – not erased",
    "title.rehearsal": "Wipe report – rehearsal",
    "title.overtaken": "Wipe report – disk used again",
    "title.uncounted": "Wipe report – does not count",
    "title.destroyed": "Wipe report – disk destroyed",
    "lead.erased": "The intake program reported and verified that the data on this disk was erased.",
    "lead.unconfirmed": (
        "The intake program reported that this disk was erased, but nobody has confirmed it yet. Until then "
        "this is no proof of erasure."
    ),
    "lead.erased_with_exceptions": (
        "The intake program reported that the wipe of this disk did not fully succeed. This is no proof of "
        "erasure: the disk must be destroyed or wiped again."
    ),
    "lead.not_erased": (
        "The intake program reported that this disk was not erased. This is no proof of erasure: the disk may"
        " still hold data and must be destroyed or wiped again."
    ),
    "lead.rehearsal": "This was a rehearsal on a scratch disk. It proves nothing about a real disk.",
    "lead.overtaken": (
        "This disk was erased, but was used again or out of sight afterwards. This is no proof of what is on "
        "it now: wipe it again."
    ),
    "lead.uncounted": (
        "The intake program reported that this disk was erased, but this wipe does not count: it belongs to "
        "an earlier use of the disk, or another wipe holds."
    ),
    "lead.destroyed": "This disk was destroyed. What follows came before that.",
    "caution.used_since": "Since {moment} the disk may hold data again.",
    "caution.destroyed": "Destroyed on {moment}.",
    "caution.sampled_read_back": "A sample was read back: {percent} % of the disk. The rest was not read back.",
    "caution.none": "The disk was not read back after the wipe.",
    "caution.clock": "The device's clock: {clock}.",
    "reason.absent": (
        "The wipe was made without a nonce of the service: without a connection, and by the device's own clock."
    ),
    "reason.unknown": "The nonce in the report is not of this service.",
    "reason.other_station": "The nonce had been given to another station.",
    "reason.other_carrier": "The nonce had been given for another disk.",
    "reason.used": "The nonce had already been used for another wipe.",
    "reason.expired": "The nonce had expired when the report came in.",
    "reason.stale": "The nonce belongs to an earlier use of the disk.",
    "reason.times": "The times in the report cannot be right.",
    "reason.other": "The service keeps this wipe until somebody looks at it.",
    "position.stock_manager": "stock manager",
    "position.partner_admin": "administrator of the organisation",
    "position.admin": "administrator of the service",
    "standing.line": "Disk {number} ({serial}): {standing}",
}
