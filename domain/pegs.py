"""Currencies whose worth in another one is fixed by law or treaty: whoever has a rate of the anchor has theirs too."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec


class Peg(msgspec.Struct, frozen=True, kw_only=True):
    """`units` of the pegged currency are one of the anchor."""

    anchor: str
    units: Decimal


# The anchor, and what of each currency is one of it. None of them has moved for years, most not for decades; a currency
# that is kept near another by its bank's daily work alone (KWD, MAD, MKD) is not among them.
_PEGS: Final = """
EUR  BAM 1.95583  CVE 110.265  KMF 491.96775  XAF 655.957  XOF 655.957  XPF 119.331742
GBP  FKP 1  GIP 1  SHP 1
HKD  MOP 1.03
INR  BTN 1  NPR 1.6
SGD  BND 1
USD  AED 3.6725  AWG 1.79  BBD 2  BHD 0.376  BMD 1  BSD 1  BZD 2  DJF 177.721  ERN 15  JOD 0.709
USD  OMR 0.3845  PAB 1  QAR 3.64  SAR 3.75  XCD 2.7  XCG 1.79
ZAR  LSL 1  NAD 1  SZL 1
"""

PEGS: Final[Mapping[str, Peg]] = MappingProxyType(
    {
        code: Peg(anchor=anchor, units=Decimal(units))
        for line in _PEGS.strip().splitlines()
        for anchor, *pairs in [line.split()]
        for code, units in zip(pairs[::2], pairs[1::2], strict=True)
    }
)
