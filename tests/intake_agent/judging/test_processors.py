"""Brand strings that no table of ours was drawn up from: a family judges its other models alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.judging.minimum import judge_processor
from intake_agent.machine import MinimumVerdict
from intake_agent.policy import table

PASS, FAIL, REVIEW = MinimumVerdict.PASS, MinimumVerdict.FAIL, MinimumVerdict.REVIEW

PASSES = """
Intel(R) Core(TM)i5-2400 CPU @ 3.10GHz
Intel Core i5-2400 CPU @ 3.10GHz
intel core i3-4005u
Intel i5-2400
Intel i5 2400
i7-4790K
Corei3-2310M
Intel CoreTM i5-3210M
Intel® Core™ i7-8565U CPU @ 1.80GHz
Intel(R) Core(TM) i5 - 3210M
Intel(R) Core(TM) i7-10710U
Intel(R) Core(TM) i3-1000NG4 CPU @ 1.10GHz
Intel(R) Core(TM) i5-L16G7 CPU @ 1.40GHz
Intel(R) Core(TM) i7-1060G7 CPU @ 1.00GHz
13th Gen Intel(R) Core(TM) i5-1335U
14th Gen Intel(R) Core(TM) i9-14900HX
Intel(R) Core(TM) i9-7980XE CPU @ 2.60GHz
Intel(R) Core(TM) i7-8086K CPU @ 4.00GHz
Intel(R) Core(TM) i3-3220T CPU @ 2.80GHz
Intel(R) Core(TM) i7-3517UE CPU @ 1.70GHz
Intel(R) Core(TM) i3-2328M CPU @ 2.20GHz
Intel(R) Core(TM) i7-2675QM CPU @ 2.20GH
Intel(R) Core(TM) Ultra 5 226V
Intel(R) Core(TM) Ultra X7 358H
Intel(R) Core(TM) 3 N350
Intel(R) Core(TM) 5 220H
Intel(R) Core(TM) 9 270H
Intel(R) Core(TM) 7 processor 150U
Intel(R) Xeon(R) CPU E3-1245 V2 @ 3.40GHz
Intel(R) Xeon(R) CPU E3-1505M v5 @ 2.80GHz
Intel(R) Xeon(R) CPU E5-1620 0 @ 3.60GHz
Intel(R) Xeon(R) CPU E7- 4870  @ 2.40GHz
Intel(R) Xeon(R) E-2176M  CPU @ 2.70GHz
Intel(R) Xeon(R) W-2123 CPU @ 3.60GHz
Intel(R) Xeon(R) W-10855M CPU @ 2.80GHz
Intel(R) Xeon(R) w5-2465X
Intel(R) Xeon(R) w9-3495X
Intel(R) Xeon(R) Bronze 3106 CPU @ 1.70GHz
INTEL(R) XEON(R) PLATINUM 8592+
Intel(R) Xeon(R) CPU Max 9480
Intel(R) Xeon(R) 6787P
Intel(R) Xeon(R) CPU           W5580  @ 3.20GHz
Intel(R) Xeon(R) CPU           X3440  @ 2.53GHz
Intel(R) Xeon(R) CPU           L3426  @ 1.87GHz
Intel(R) Xeon(R) CPU           X7560  @ 2.27GHz
Intel(R) Xeon(R) CPU           EC5549  @ 2.53GHz
Intel(R) Xeon(R) D-2146NT CPU @ 2.30GHz
AMD Ryzen AI 9 HX 370 w/ Radeon 890M
AMD Ryzen AI 7 PRO 350 w/ Radeon 860M
AMD Ryzen Z1 Extreme
AMD Ryzen 3 1200 Quad-Core Processor
AMD Ryzen 5 PRO 2500U w/ Radeon Vega Mobile Gfx
AMD RYZEN 7 5800H with Radeon Graphics
AMD Ryzen 3 7320U with Radeon Graphics
AMD Ryzen 5 Microsoft Surface (R) Edition
AMD EPYC 7B12
AMD EPYC-Rome Processor
AMD Ryzen Threadripper PRO 3945WX 12-Cores
AMD FX(tm)-6300 Six-Core Processor
AMD FX(tm) -8350 Eight-Core Processor
AMD FX 8350
AMD FX-8800P Radeon R7, 12 Compute Cores 4C+8G
AMD FX-9830P RADEON R7, 12 COMPUTE CORES 4C+8G
AMD A10-5750M APU with Radeon(tm) HD Graphics
AMD PRO A10-8700B R6, 10 COMPUTE CORES 4C+6G
AMD A10 PRO-7350B R6, 10 Compute Cores 4C+6G
AMD A10 Micro-6700T APU with AMD Radeon R6 Graphics
AMD A8-3850 APU with Radeon(tm) HD Graphics
AMD A8-6410 APU with AMD Radeon R5 Graphics
AMD A8-7600 Radeon R7, 10 Compute Cores 4C+6G
AMD PRO A12-8830B R7, 12 COMPUTE CORES 4C+8G
A10-7850K
Apple M1
Apple M3 Max
Apple M4 Pro
"""

FAILS = """
Intel(R) Core(TM)2 Quad CPU    Q8200  @ 2.33GHz
Intel(R) Core(TM)2 Extreme CPU X9000  @ 2.80GHz
Intel(R) Core(TM)2 Solo CPU    U3500  @ 1.40GHz
Intel Core2 Duo E8400
Core2Duo T9300
Intel(R) Core(TM)2 CPU          6300  @ 1.86GHz
Intel(R) Core(TM)2 CPU         T5500  @ 1.66GHz
Intel(R) Core(TM)2 Duo CPU     SL9400  @ 1.86GHz
Intel(R) Core(TM) Solo CPU U1300 @ 1.06GHz
Intel(R) Core(TM) CPU T2300 @ 1.66GHz
Genuine Intel(R) CPU           T2300E  @ 1.66GHz
Genuine Intel(R) CPU           U1400  @ 1.20GHz
Genuine Intel(R) CPU N280 @ 1.66GHz
Genuine Intel(R) CPU 575 @ 2.00GHz
Pentium III (Coppermine)
Celeron (Mendocino)
Intel(R) Celeron(R) N5095 @ 2.00GHz
Intel(R) Celeron(R) CPU  N3050  @ 1.60GHz
Intel(R) Celeron(R) 7305
Intel(R) Celeron(R) CPU 847 @ 1.10GHz
Intel(R) Celeron(R) CPU 1007U @ 1.50GHz
Intel(R) Celeron(R) G5905 CPU @ 3.50GHz
Mobile Intel(R) Celeron(R) CPU 1.50GHz
Intel(R) Celeron(
Intel(R) Celeron_4x0 (Conroe/Merom Class Core 2)
Intel(R) Pentium(R) CPU B960 @ 2.20GHz
Intel(R) Pentium(R) CPU J2900 @ 2.41GHz
Intel(R) Pentium(R) CPU J4205 @ 1.50GHz
Intel(R) Pentium(R) CPU G4560 @ 3.50GHz
Intel(R) Pentium(R) CPU 2127U @ 1.90GHz
Intel(R) Pentium(R) 3558U @ 1.70GHz
Intel(R) Pentium(R) D CPU 3.00GHz
Mobile Intel(R) Pentium(R) 4 - M CPU 2.20GHz
Genuine Intel(R) Pentium(R) 4
Intel(R) Atom(TM) CPU N450   @ 1.66GHz
Intel(R) Atom(TM) CPU D525   @ 1.80GHz
Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz
Intel Atom(R) x6425E Processor @ 2.00GHz
Intel(R) Atom(TM) CPU C3558 @ 2.20GHz
Intel(R) Xeon(R) CPU            5160  @ 3.00GHz
Intel(R) Xeon(R) CPU           X3210  @ 2.13GHz
Intel(R) Xeon(R) CPU           E5335  @ 2.00GHz
Intel(R) Xeon(R) CPU           L5410  @ 2.33GHz
Intel(R) Xeon(R) CPU           E7330  @ 2.40GHz
Intel(R) Xeon(R) CPU           7140M  @ 3.40GHz
Intel(R) Xeon(TM) MP CPU 2.70GHz
AMD E-450 APU with Radeon(tm) HD Graphics
AMD E-240 Processor
AMD E1-2100 APU with Radeon(TM) HD Graphics
AMD E2-6110 APU with AMD Radeon R2 Graphics
AMD E2-9010 RADEON R2, 4 COMPUTE CORES 2C+2G
AMD C-60 APU with Radeon(tm) HD Graphics
AMD C-70 APU with Radeon(tm) HD Graphics
AMD Z-01 APU with Radeon(tm) HD Graphics
AMD A4-1200 APU with Radeon(TM) HD Graphics
AMD A4-3400 APU with Radeon(tm) HD Graphics
AMD A4 Micro-6400T APU with AMD Radeon R3 Graphics
AMD A4 PRO-3340B APU with Radeon(tm) HD Graphics
AMD A4-9125 RADEON R3, 4 COMPUTE CORES 2C+2G
AMD A6-7310 APU with AMD Radeon R4 Graphics
AMD A6 PRO-7400B R5, 6 Compute Cores 2C+4G
AMD PRO A6-8530B R5, 8 COMPUTE CORES 2C+6G
AMD A6-9220e RADEON R4, 5 COMPUTE CORES 2C+3G
AMD A6-5400K APU with Radeon(tm) HD Graphics
AMD Athlon(tm) 64 FX-60 Dual Core Processor
Mobile AMD Athlon(tm) 64 Processor 3200+
AMD Athlon(tm) II Neo K325 Dual-Core Processor
AMD Athlon(tm) X2 240 Processor
AMD Athlon(tm) X2 Dual Core Processor BE-2350
AMD Athlon(tm) X2 Dual-Core QL-64
AMD Athlon(tm) Processor LE-1640
AMD Athlon(tm) Processor 2650e
AMD Athlon(tm) 7750 Dual-Core Processor
AMD Athlon(TM) XP1800+
AMD Athlon(tm) Neo X2 Dual Core Processor L335
AMD Sempron(tm) M120
AMD Sempron(tm) 145 Processor
AMD Sempron(tm) 3850 APU with Radeon(tm) R3
AMD Turion(tm) II P540 Dual-Core Processor
AMD Turion(tm) X2 Dual Core Mobile RM-74
AMD Turion(tm) Neo X2 Dual Core Processor L625
AMD V140 Processor
AMD V-Series V105
AMD-K6(tm) 3D processor
AMD Duron(tm) Processor
AMD G-T56N Processor
AMD GX-412TC SOC
AMD GX-217GA SOC with Radeon(tm) HD Graphics
AMD Embedded G-Series GX-218GL Radeon R3
AMD Opteron(tm) Processor 144
Dual Core AMD Opteron(tm) Processor 280
Dual-Core AMD Opteron(tm) Processor 8220
Geode(TM) Integrated Processor by AMD PCS
Transmeta(tm) Crusoe(tm) Processor TM5800
VIA C7-D Processor 1800MHz
VIA Eden Processor 1000MHz
VIA Nano X2 U4025 @ 1.2 GHz
VIA QuadCore U4650 @ 1.0+ GHz
Intel 80486
Vortex86DX
ARMv7 Processor rev 4 (v7l)
Cortex-A8
ARM Cortex-A10 Processor
Allwinner A10
Cortex-A76
BCM2835
Raspberry Pi 4 Model B Rev 1.2
Rockchip RK3399
MediaTek MT8183
"""

ASKS_A_PERSON = """
Intel(R) Core(TM) i3 CPU         530  @ 2.93GHz
Intel(R) Core(TM) i5 CPU         750  @ 2.67GHz
Intel(R) Core(TM) i5 CPU       M 430  @ 2.27GHz
Intel(R) Core(TM) i7 CPU         870  @ 2.93GHz
Intel(R) Core(TM) i7 CPU       L 640  @ 2.13GHz
Intel(R) Core(TM) i7 CPU       X 980  @ 3.33GHz
Intel(R) Core(TM) i3-380M
Intel(R) Core(TM) i7-620M CPU @ 2.67GHz
Intel Core i7 920
Intel Core i5-430M
Intel(R) Core(TM) i5 CPU     M520
Intel(R) Core(TM) i3 CPU M 370 @ 2.40GHz
Intel(R) Core(TM) M-5Y10c CPU @ 0.80GHz
Intel(R) Core(TM) m3-7Y32 CPU @ 1.10GHz
Intel(R) Core(TM) m3-8100Y CPU @ 1.10GHz
Intel(R) Core(TM) M-5Y71 CPU @ 1.20GHz
Intel(R) N100
Intel(R) N50
Intel(R) N150
Intel(R) Processor N200
Intel(R) U300
Intel(R) 300
Intel(R) Pentium(R) Silver J5005 CPU @ 1.50GHz
Intel(R) Pentium(R) Gold 7505 @ 2.00GHz
Intel(R) Pentium(R) CPU GOLD 6405U @ 2.40GHz
Genuine Intel(R) CPU 0000 @ 2.40GHz
Genuine Intel(R) CPU @ 2.60GHz
Intel(R) 0000 @ 2.00GHz
Intel(R) Core(TM
Intel Core Processor (Haswell, no TSX)
Intel Xeon Processor (Skylake, IBRS)
Intel Xeon E312xx (Sandy Bridge)
Westmere E56xx/L56xx/X56xx (Nehalem-C)
Intel Core i7 9xx (Nehalem Class Core i7)
Common KVM processor
QEMU Virtual CPU version 2.5+
Intel(R) Xeon(R) CPU @ 2.20GHz
Intel(R) Xeon(R) CPU
Intel(R) Xeon Phi(TM) CPU 7250 @ 1.40GHz
Intel(R) Itanium(R) Processor 9340
AMD Athlon 220GE with Radeon Vega Graphics
AMD Athlon 300U with Radeon Vega Mobile Gfx
AMD Athlon PRO 3145B with Radeon Graphics
AMD Athlon Gold 3150U with Radeon Graphics
AMD Athlon Silver 7120U with Radeon Graphics
AMD Athlon Gold PRO 4150GE with Radeon Graphics
AMD Athlon(tm) X4 740 Quad Core Processor
AMD Athlon(tm) X4 860K Quad Core Processor
AMD Athlon X4 950
AMD Athlon X4 550
AMD Athlon(tm) 5150 APU with Radeon(tm) R3
AMD Phenom(tm) II X6 1055T Processor
AMD Phenom(tm) II P920 Quad-Core Processor
AMD Phenom(tm) 9500 Quad-Core Processor
AMD A9-9410 RADEON R5, 5 COMPUTE CORES 2C+3G
AMD 3015e with Radeon Graphics
AMD 3015Ce with Radeon Graphics
AMD Custom APU 0932
AMD 4700S 8-Core Processor Desktop Kit
AMD Ryzen Embedded V1605B with Radeon Vega Gfx
AMD Ryzen Embedded R2314 with Radeon Graphics
AMD R-464L APU with Radeon(tm) HD Graphics
AMD RX-421BD
AMD Opteron(tm) Processor 6272
AMD Opteron(tm) X3421 APU
Quad-Core AMD Opteron(tm) Processor 2376
AMD Eng Sample: 1D3001A4M44E4_37/30/20/13_1309
AMD Engineering Sample, ZS182045TGG53
Hygon C86 7185 32-core Processor
ZHAOXIN KaiXian KX-5640@2.0GHz
Loongson-3A4000
Snapdragon(R) X Plus - X1P64100 - Qualcomm(R) Oryon(TM) CPU
Microsoft SQ1 @ 3.0 GHz
Neoverse-N1
Kunpeng-920
VirtualApple @ 2.50GHz
POWER8 (architected), altivec supported
7447A, altivec supported
rv64imafdcsu
sifive,u74-mc
i686
To Be Filled By O.E.M.
CPU
Unknown
Intel
AMD
AMD Processor
Genuine Intel(R) processor 1.60GHz
Quad-Core Processor (up to 1.4GHz)
AMD Processor model unknown
"""

BRANDS = [
    (brand, verdict)
    for brands, verdict in ((PASSES, PASS), (FAILS, FAIL), (ASKS_A_PERSON, REVIEW))
    for brand in brands.strip().splitlines()
]


@pytest.mark.parametrize(("brand", "verdict"), BRANDS)
def test_a_model_is_judged_as_its_family(brand: str, verdict: MinimumVerdict) -> None:
    assert judge_processor(brand).verdict is verdict


def families(*rows: tuple[str, MinimumVerdict]) -> st.SearchStrategy[tuple[str, MinimumVerdict]]:
    """A brand string of one of the families, its model number drawn at random."""
    return st.one_of(*(st.tuples(st.from_regex(rf"\A{pattern}\Z"), st.just(verdict)) for pattern, verdict in rows))


@given(
    families(
        (r"Intel\(R\) Core\(TM\) i[357]-[2-9][0-9]{2}[0-9](M|U|QM|HQ|K|T|S|Y|MQ)? CPU @ [1-4]\.[0-9]0GHz", PASS),
        (r"1[1-4]th Gen Intel\(R\) Core\(TM\) i[3579]-1[1-4][0-9]{3}(H|U|K|F|T|P|HX)?", PASS),
        (r"Intel\(R\) Core\(TM\) Ultra [579] [12][0-9]{2}(H|U|V|HX)", PASS),
        (r"AMD Ryzen [3579] (PRO )?[1-9][0-9]{3}(U|H|G|X|HS)? with Radeon Graphics", PASS),
        (r"AMD A(8|10|12)-[4-9][0-9]{3}[BKMP]? (APU with Radeon\(tm\) HD Graphics|Radeon R7)", PASS),
        (r"AMD FX\(tm\)-[4689][1-3][0-9]{2} (Six|Eight)-Core Processor", PASS),
        (r"Intel\(R\) Xeon\(R\) CPU +[EXLW](35|55|56)[0-9]{2}  @ 2\.[0-9]{2}GHz", PASS),
        (r"Intel\(R\) Core\(TM\)2 (Duo|Quad) CPU +[ELPQTU][5-9][0-9]{3}  @ 2\.[0-9]{2}GHz", FAIL),
        (r"Intel\(R\) Celeron\(R\) (CPU )?[NJGBUT]?[1-9][0-9]{2,3}[UEM]? (CPU )?@ 1\.[0-9]{2}GHz", FAIL),
        (r"Intel\(R\) Pentium\(R\) CPU +[BGNPJ][1-9][0-9]{2,3}T? @ 2\.[0-9]{2}GHz", FAIL),
        (r"Intel\(R\) Atom\(TM\) CPU [NDZ][1-9][0-9]{2,3}F? @ 1\.[0-9]{2}GHz", FAIL),
        (r"Intel\(R\) Xeon\(R\) CPU +[EXL](53|54|33|72|74)[0-9]{2}  @ 2\.[0-9]{2}GHz", FAIL),
        (r"AMD A[46]-[1-9][0-9]{3}[BKMP]? (APU with Radeon\(tm\) HD Graphics|RADEON R4)", FAIL),
        (r"AMD E[12]-[1-9][0-9]{3}e? APU with AMD Radeon R2 Graphics", FAIL),
        (r"AMD Athlon\(tm\) (64 X2 Dual Core|II X[234]) (Processor )?[2-6][0-9]{2,3}\+?", FAIL),
        (r"Intel\(R\) Core\(TM\) i[357] CPU +([MQULX] )?[3-9][0-9]{2}  @ 2\.[0-9]{2}GHz", REVIEW),
        (r"Intel\(R\) Core\(TM\) (m[357]|M)-[5-8]Y[1-7][0-9]c? CPU @ 1\.[0-9]0GHz", REVIEW),
        (r"Intel\(R\) Pentium\(R\) (Gold G|Silver N|Silver J)[4-7][0-9]{3}T? CPU @ 3\.[0-9]{2}GHz", REVIEW),
        (r"AMD Phenom\(tm\) (II )?X[2346] [1-9][0-9]{2,3}T? Processor", REVIEW),
        (r"AMD Ryzen Embedded [RV][12][0-9]{3}[BG] with Radeon Vega Gfx", REVIEW),
    ),
    st.sampled_from(("as it is", "lower", "upper", "no marks", "signs", "padded", "no clock")),
)
def test_any_number_and_any_way_of_writing_leaves_a_family_its_verdict(
    model: tuple[str, MinimumVerdict], writing: str
) -> None:
    brand, verdict = model
    written = {
        "as it is": brand,
        "lower": brand.lower(),
        "upper": brand.upper(),
        "no marks": brand.replace("(R)", "").replace("(TM)", "").replace("(tm)", ""),
        "signs": brand.replace("(R)", "®").replace("(TM)", "™"),
        "padded": f"  {brand.replace(' ', '   ')} ",
        "no clock": brand.partition(" @")[0],
    }[writing]
    assert judge_processor(written).verdict is verdict


@given(st.text(max_size=80))
def test_any_text_gets_a_verdict(brand: str) -> None:
    assert judge_processor(brand).verdict in set(MinimumVerdict)


def test_spaces_case_and_trade_marks_change_nothing() -> None:
    brand = "Intel(R)  Core(TM)   i3-3220 CPU"
    assert judge_processor(brand).family == judge_processor("INTEL® CORE™ I3-3220 CPU").family


def test_every_entry_of_the_table_is_reached_by_a_brand_of_its_verdict() -> None:
    reached = {(judge_processor(brand).family, verdict) for brand, verdict in BRANDS}
    assert {(row["family"], row["verdict"]) for row in table()["processor"]} - reached == set()
