"""What drives say they can do, in the words of every release of the programs that print it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake_agent.machine import AtaSecurity, Support
from intake_agent.probes import support

IDENTIFY = """
/dev/sda:

ATA device, with non-removable media
\tModel Number:       WDC WDS500G2B0A-00SM50
\tSerial Number:      183204802345
Commands/features:
\tEnabled\tSupported:
\t   *\tSMART feature set
\t    \tSecurity Mode feature set
{features}\t   *\tDOWNLOAD MICROCODE DMA command
Security: 
\tMaster password revision code = 65534
{security}
Logical Unit WWN Device Identifier: 5001b448bbc61f38
Checksum: correct
"""  # noqa: W291 - hdparm prints that blank
OPEN = """\t\tsupported
\tnot\tenabled
\tnot\tlocked
\tnot\tfrozen
\tnot\texpired: security count
\t\tsupported: enhanced erase
\t2min for SECURITY ERASE UNIT. 8min for ENHANCED SECURITY ERASE UNIT."""
SECURITY = {Support.ATA_SECURITY_ERASE, Support.ATA_SECURITY_ERASE_ENHANCED}


def identify(*features: str, security: str = OPEN) -> str:
    return IDENTIFY.format(features="".join(f"\t   *\t{one}\n" for one in features), security=security)


def test_an_open_drive_with_both_erases_and_its_own_times():
    assert support.ata(identify()) == (
        frozenset(SECURITY),
        AtaSecurity(enabled=False, locked=False, frozen=False, erase_minutes=2, enhanced_erase_minutes=8),
    )


@pytest.mark.parametrize("word", ["enabled", "locked", "frozen"])
def test_each_word_counts_only_without_not_before_it(word):
    _, security = support.ata(identify(security=OPEN.replace(f"not\t{word}", f"\t{word}")))
    assert {name for name in ("enabled", "locked", "frozen") if getattr(security, name)} == {word}


def test_a_drive_that_denies_the_feature_has_none():
    denied = OPEN.replace("\t\tsupported\n", "\tnot\tsupported\n").replace("\t\tsupp", "\tnot\tsupp")
    assert support.ata(identify(security=denied)) == (frozenset(), None)


def test_a_drive_without_the_enhanced_erase_has_only_the_plain_one():
    plain = OPEN.replace("\t\tsupported: enhanced", "\tnot\tsupported: enhanced")
    plain = plain.replace(" 8min for ENHANCED SECURITY ERASE UNIT.", "")
    supports, security = support.ata(identify(security=plain))
    assert supports == {Support.ATA_SECURITY_ERASE}
    assert (security.erase_minutes, security.enhanced_erase_minutes) == (2, None)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("\tmore than 508min for SECURITY ERASE UNIT.", (508, None)),
        ("\tmore than 65532min for SECURITY ERASE UNIT. 2min for ENHANCED SECURITY ERASE UNIT.", (65532, 2)),
        ("\t4min for ENHANCED SECURITY ERASE UNIT.", (None, 4)),
        ("", (None, None)),
    ],
)
def test_the_drives_own_times_in_all_their_forms(words, minutes):
    _, security = support.ata(identify(security=OPEN.rpartition("\n")[0] + "\n" + words))
    assert (security.erase_minutes, security.enhanced_erase_minutes) == minutes


def test_a_state_that_is_cut_off_counts_as_frozen():
    _, security = support.ata(identify(security="\t\tsupported\n\tnot\tenabled"))
    assert security.frozen


def test_spaces_in_place_of_tabs_read_the_same():
    assert support.ata(identify("SANITIZE feature set").expandtabs(8)) == support.ata(identify())


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (("SANITIZE feature set", "BLOCK_ERASE_EXT command"), {Support.ATA_SANITIZE_BLOCK}),
        (("SANITIZE feature set", "CRYPTO_SCRAMBLE_EXT command"), {Support.ATA_SANITIZE_CRYPTO}),
        (("SANITIZE feature set", "OVERWRITE_EXT command"), set()),
        (("SANITIZE_ANTIFREEZE_LOCK_EXT command", "BLOCK_ERASE_EXT command"), set()),
    ],
)
def test_a_sanitize_command_counts_only_with_its_feature_set(features, expected):
    assert support.ata(identify(*features))[0] == expected | SECURITY


@pytest.mark.parametrize(
    ("controller", "expected"),
    [
        ({"sanicap": 0, "oacs": 0, "fna": 7}, set()),
        ({"sanicap": 3, "oacs": 0}, {Support.NVME_SANITIZE_CRYPTO, Support.NVME_SANITIZE_BLOCK}),
        ({"sanicap": 0xA0000002, "oacs": 0x17, "fna": 0}, {Support.NVME_SANITIZE_BLOCK, Support.NVME_FORMAT}),
        ({"oacs": 2, "fna": 4}, {Support.NVME_FORMAT, Support.NVME_FORMAT_CRYPTO}),
        ({"oacs": 2, "fna": 1}, {Support.NVME_FORMAT, Support.NVME_FORMAT_ERASES_ALL_NAMESPACES}),
        ({"oacs": "0x2", "fna": "0x2"}, {Support.NVME_FORMAT, Support.NVME_FORMAT_ERASES_ALL_NAMESPACES}),
        ({"oacs": "23", "fna": "4"}, {Support.NVME_FORMAT, Support.NVME_FORMAT_CRYPTO}),
        ({"oacs": [2], "fna": None, "sanicap": "all"}, set()),
        ([], set()),
        (None, set()),
    ],
)
def test_what_a_controller_says_it_can_by_its_bit_fields(controller, expected):
    assert support.nvme(controller) == expected


OPCODES = """  SEAGATE   ST600MM0006       0004
  Peripheral device type: disk

Opcode  Service    CDB  RWCDLP,  Name
(hex)   action(h)  size CDLP
-----------------------------------------------
 00                 6          Test Unit Ready
 48          1     10          Sanitize, overwrite
 48          3     10          Sanitize, cryptographic erase
 48         1f     10          Sanitize, exit failure mode
 93                16          Write same(16)
"""


def test_sanitize_actions_among_the_operation_codes():
    assert support.scsi(OPCODES) == {Support.SCSI_SANITIZE_OVERWRITE, Support.SCSI_SANITIZE_CRYPTO}
    assert support.scsi(" 48,02   10   Sanitize, block erase\n") == {Support.SCSI_SANITIZE_BLOCK}
    assert support.scsi(" 48                10          Log sense\n") == set()


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ("0x55", {Support.EMMC_SECURE_DISCARD, Support.EMMC_SANITIZE}),
        ("0x15", {Support.EMMC_SECURE_DISCARD}),
        ("0x40", {Support.EMMC_SANITIZE}),
        ("0x14", set()),
        ("junk", set()),
    ],
)
def test_an_emmcs_secure_features(features, expected):
    assert support.emmc(f"Secure Feature support [SEC_FEATURE_SUPPORT: {features}]\n") == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"disc-max": 2147450880, "disc-gran": 512}, {Support.DISCARD}),
        ({"disc-max": "2147450880", "disc-gran": "4096"}, {Support.DISCARD}),
        ({"disc-max": 0, "disc-gran": 0}, set()),
        ({"disc-max": "2G", "disc-gran": "512B"}, set()),
        ({}, set()),
    ],
)
def test_discard_by_what_lsblk_lists(row, expected):
    assert support.discard(row) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["sanicap", "oacs", "fna", "disc-max", "disc-gran"]), inner, max_size=5)
    ),
    max_leaves=6,
)


@given(JSON)
@example({"fna": "0x" + "f" * 400, "oacs": "9" * 5000})
def test_no_junk_of_a_controller_or_a_listing_is_too_much(tree):
    assert support.nvme(tree) <= set(Support)
    if isinstance(tree, dict):
        assert support.discard(tree) <= {Support.DISCARD}


WORDS = st.sampled_from([*identify("SANITIZE feature set").split("\n"), *OPCODES.split("\n"), "Security:", "not", "\0"])


@given(st.one_of(st.text(), st.lists(WORDS | st.text(max_size=10)).map("\n".join)))
def test_no_text_however_cut_or_mixed_is_too_much(text):
    supports, security = support.ata(text)
    assert supports <= set(Support)
    assert (security is None) == (Support.ATA_SECURITY_ERASE not in supports)
    assert support.scsi(text) | support.emmc(text) <= set(Support)


@given(st.integers(0, len(identify("SANITIZE feature set", "BLOCK_ERASE_EXT command"))))
def test_a_cut_answer_never_tells_more_than_the_whole_one(length):
    whole = identify("SANITIZE feature set", "BLOCK_ERASE_EXT command")
    assert support.ata(whole[:length])[0] <= support.ata(whole)[0]


def test_a_drive_that_says_it_is_locked_is_whatever_it_says_of_the_feature() -> None:
    told = "Commands/features:\nSecurity: \n\tnot\tsupported\n\tnot\tenabled\n\t\tlocked\n\tnot\tfrozen\n"
    supports, security = support.ata(told)
    assert security is not None
    assert security.locked
    assert Support.ATA_SECURITY_ERASE not in supports


def test_an_estimate_that_no_drive_can_give_is_none() -> None:
    """The wait for an erase is bounded by it: half a million minutes would be a year."""
    told = "Security: \n\t\tsupported\n\t999999min for SECURITY ERASE UNIT. 8min for ENHANCED SECURITY ERASE UNIT.\n"
    security = support.ata(told)[1]
    assert security is not None
    assert (security.erase_minutes, security.enhanced_erase_minutes) == (None, 8)
