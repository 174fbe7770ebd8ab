"""The machines of the example stock: the makers and models that come in, with serials made up in their makers' form."""

from __future__ import annotations

from dataclasses import dataclass

from wipe_reports.document import HealthVerdict, Medium, MinimumVerdict

PASSES = "processor_pass:Intel Core i3/i5/i7/i9"
"""The agent's key for what most of these machines have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDisk:
    """A disk; ``wipe`` is how its wipe went: ``none``, ``nonce``, ``offline`` or ``failed``. Units in the names."""

    model: str
    serial: str
    size_gb: int
    medium: Medium = Medium.SSD
    bus: str = "sata"
    hours: int = 9000
    health: HealthVerdict = HealthVerdict.HEALTHY
    wipe: str = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleMachine:
    """A machine; ``full_mwh`` is its battery's present capacity, ``None`` without a battery."""

    maker: str
    product: str
    serial: str | None
    kind: str
    processor: str
    cores: int
    memory_mib: int
    disks: tuple[ExampleDisk, ...] = ()
    minimum: MinimumVerdict = MinimumVerdict.PASS
    reasons: tuple[str, ...] = (PASSES, "memory_pass:4 GB")
    uuid: str | None = None
    full_mwh: int | None = None


MACHINES = (
    ExampleMachine(
        maker="LENOVO",
        product="20L5CTO1WW",
        serial="PF1K3W7D",
        kind="laptop",
        cores=4,
        memory_mib=16384,
        processor="Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz",
        full_mwh=41200,
        disks=(
            ExampleDisk(
                model="SAMSUNG MZVLB256HAHQ-000L7",
                serial="S41GNX0K714829",
                size_gb=256,
                medium=Medium.NVME,
                bus="nvme",
                wipe="nonce",
            ),
        ),
    ),
    ExampleMachine(
        maker="Dell Inc.",
        product="Latitude 7490",
        serial="8FJ2KQ2",
        kind="laptop",
        cores=4,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz",
        full_mwh=52800,
        disks=(ExampleDisk(model="Micron 1100 SATA 256GB", serial="17431A8C2E77", size_gb=256, wipe="nonce"),),
    ),
    ExampleMachine(
        maker="HP",
        product="HP EliteBook 840 G5",
        serial="5CG8431Q7K",
        kind="laptop",
        cores=4,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz",
        full_mwh=30100,
        disks=(ExampleDisk(model="TOSHIBA KSG60ZMV256G", serial="Y8BF71QKFA2S", size_gb=256, wipe="nonce"),),
    ),
    ExampleMachine(
        maker="Hewlett-Packard",
        product="HP ProDesk 600 G1 SFF",
        serial="CZC4297KHD",
        kind="desktop",
        cores=4,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz",
        disks=(
            ExampleDisk(
                model="ST500DM002-1BD142", serial="Z3TQKF8M", size_gb=500, medium=Medium.HDD, hours=31244, wipe="nonce"
            ),
        ),
    ),
    ExampleMachine(
        maker="Dell Inc.",
        product="OptiPlex 3060",
        serial="6KD9WT2",
        kind="desktop",
        cores=6,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-8500T CPU @ 2.10GHz",
        disks=(
            ExampleDisk(model="SK hynix SC311 SATA 256GB", serial="MS83N7291I0403K4F", size_gb=256, wipe="offline"),
        ),
    ),
    ExampleMachine(
        maker="FUJITSU",
        product="ESPRIMO Q556",
        serial="YLNS013827",
        kind="desktop",
        cores=2,
        memory_mib=4096,
        processor="Intel(R) Core(TM) i3-6100T CPU @ 3.20GHz",
        disks=(
            ExampleDisk(
                model="WDC WD5000LPVX-22V0TT0",
                serial="WD-WX31A65F9K2P",
                size_gb=500,
                medium=Medium.HDD,
                hours=40871,
                health=HealthVerdict.FAILING,
                wipe="failed",
            ),
        ),
    ),
    ExampleMachine(
        maker="Acer",
        product="Aspire E5-573",
        serial="NXMVHEH0075410A91B7600",
        kind="laptop",
        cores=2,
        memory_mib=4096,
        processor="Intel(R) Core(TM) i3-5005U CPU @ 2.00GHz",
        full_mwh=19800,
        disks=(
            ExampleDisk(model="TOSHIBA MQ01ABD100", serial="65JFT2KCS", size_gb=1000, medium=Medium.HDD, hours=12011),
        ),
    ),
    ExampleMachine(
        maker="ASUSTeK COMPUTER INC.",
        product="X555LAB",
        serial="F8N0CV07K39434C",
        kind="laptop",
        cores=2,
        memory_mib=4096,
        processor="Intel(R) Core(TM) i3-4005U CPU @ 1.70GHz",
        full_mwh=15200,
        disks=(
            ExampleDisk(
                model="HGST HTS545050A7E680", serial="TM8513EV2NTKRM", size_gb=500, medium=Medium.HDD, hours=8841
            ),
        ),
    ),
    ExampleMachine(
        maker="TOSHIBA",
        product="SATELLITE C660",
        serial="9B0637KQ1R",
        kind="laptop",
        cores=2,
        memory_mib=3072,
        processor="Intel(R) Pentium(R) CPU P6200 @ 2.13GHz",
        minimum=MinimumVerdict.FAIL,
        reasons=("processor_fail:Intel Pentium", "memory_fail:4 GB"),
        disks=(
            ExampleDisk(
                model="Hitachi HTS545032B9A300", serial="110417PBN3017SJ4", size_gb=320, medium=Medium.HDD, hours=17233
            ),
        ),
    ),
    ExampleMachine(
        maker="Apple Inc.",
        product="iMac16,2",
        serial="C02QK1WXGG7L",
        kind="all-in-one",
        cores=4,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-5575R CPU @ 2.80GHz",
        disks=(
            ExampleDisk(
                model="APPLE HDD HTS541010A9E662",
                serial="J8400076GKW8RC",
                size_gb=1000,
                medium=Medium.HDD,
                hours=15822,
                wipe="nonce",
            ),
        ),
    ),
    ExampleMachine(
        maker="MEDION",
        product="E2228T MD60250",
        serial="40051762810374",
        kind="tablet",
        cores=4,
        memory_mib=2048,
        processor="Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz",
        minimum=MinimumVerdict.REVIEW,
        reasons=("kind_not_covered:tablet",),
        disks=(ExampleDisk(model="DF4032", serial="0x2f7c61a9", size_gb=32, medium=Medium.EMMC, bus="mmc"),),
    ),
    ExampleMachine(
        maker="Microsoft Corporation",
        product="Surface Pro 4",
        serial="047821653753",
        kind="tablet",
        cores=2,
        memory_mib=8192,
        processor="Intel(R) Core(TM) i5-6300U CPU @ 2.40GHz",
        minimum=MinimumVerdict.REVIEW,
        reasons=("kind_not_covered:tablet",),
        full_mwh=33600,
    ),
    ExampleMachine(
        maker="System manufacturer",
        product="System Product Name",
        serial="To be filled by O.E.M.",
        kind="desktop",
        cores=4,
        memory_mib=8192,
        processor="AMD Ryzen 3 2200G with Radeon Vega Graphics",
        reasons=("processor_pass:AMD Ryzen/Threadripper/EPYC", "memory_pass:4 GB"),
        disks=(ExampleDisk(model="KINGSTON SA400S37240G", serial="50026B7782A4F19C", size_gb=240, wipe="nonce"),),
    ),
)
